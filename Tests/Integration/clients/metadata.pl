# Drives GitLab::API::v4: `metadata.pl CALL…` prints what the client made of the answer as JSON, or its error.
use strict;
use warnings;
use GitLab::API::v4;
use JSON;

my $project = $ENV{PROJECT};
my $client = GitLab::API::v4->new(url => $ENV{ENDPOINT}, private_token => $ENV{TOKEN});
my $json = JSON->new->utf8->canonical->allow_nonref;
my $ids = sub { [map { $_->{id} } @{ $_[0] }] };

my %calls = (
    'user'          => sub { $client->current_user() },
    'version'       => sub { $client->version() },
    'project'       => sub { $client->project($project) },
    'jobs'          => sub { $ids->($client->jobs($project, { per_page => 20 })) },
    'all jobs'      => sub { $ids->($client->paginator('jobs', $project, { per_page => 20 })->all()) },
    'failed jobs'   => sub { $ids->($client->jobs($project, { 'scope[]' => [qw( failed running )], include_retried => 'true' })) },
    'job'           => sub { $client->job($project, 42) },
    'pipelines'     => sub { $ids->($client->pipelines($project, { ref => 'feat/x', order_by => 'id', sort => 'asc' })) },
    'pipeline'      => sub { $client->pipeline($project, 7) },
    'pipeline jobs' => sub { $ids->($client->pipeline_jobs($project, 8, { include_retried => 1 })) },
    'missing job'   => sub { $client->job($project, 99) },
    'bad scope'     => sub { $client->jobs($project, { scope => 'bogus' }) },
    'keep'          => sub { $client->keep_job_artifacts(2, 204) },
    'erase'         => sub { $client->erase_job(2, 203) },
);

for my $name (@ARGV) {
    my $call = $calls{$name} or die "no such call: $name\n";
    my $result = eval { $call->() };
    print $json->encode($@ ? { error => "$@" } : $result), "\n";
}
