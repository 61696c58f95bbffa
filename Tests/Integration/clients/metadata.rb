# Drives ruby-gitlab: `metadata.rb CALL…` prints what the client made of the answer as JSON, or its error.
require 'gitlab'
require 'json'

project, job, pipeline = ENV.fetch('PROJECT'), 42, 7
client = Gitlab.client(endpoint: ENV.fetch('ENDPOINT'), private_token: ENV.fetch('TOKEN'))
ids = ->(list) { list.map(&:id) }

calls = {
  'user' => -> { client.user.to_h },
  'version' => -> { client.version.to_h },
  'project' => -> { client.project(project).to_h },
  'jobs' => -> { ids.(client.jobs(project, per_page: 20)) },
  'all jobs' => -> { ids.(client.jobs(project, per_page: 20).auto_paginate) },
  'failed jobs' => -> { ids.(client.jobs(project, scope: %w[failed running], include_retried: true)) },
  'next page' => -> { first = client.jobs(project, per_page: 20); [first.has_next_page?, ids.(first.next_page)] },
  'job' => -> { client.job(project, job).to_h },
  'trace' => -> { client.job_trace(project, job).to_s },
  'pipelines' => -> { ids.(client.pipelines(project, ref: 'feat/x', order_by: 'id', sort: 'asc')) },
  'pipeline' => -> { client.pipeline(project, pipeline).to_h },
  'pipeline jobs' => -> { ids.(client.pipeline_jobs(project, 8, include_retried: true)) },
  'artifacts' => -> { client.job_artifacts(project, job).read.unpack1('H*') },
  'download' => -> { client.job_artifacts_download(project, 'feat/x', 'build').read.unpack1('H*') },
  'file' => -> { client.download_job_artifact_file(project, job, 'picture.png').read.unpack1('H*') },
  'branch file' => -> { client.download_branch_artifact_file(project, 'feat/x', 'picture.png', 'build').read.unpack1('H*') },
  'missing job' => -> { client.job(project, 99) },
  'bad scope' => -> { client.jobs(project, scope: 'bogus') },
  'keep' => -> { client.job_artifacts_keep(2, 200).to_h },
  'delete' => -> { client.job_artifacts_delete(2, 201) },
  'erase' => -> { client.job_erase(2, 202).to_h },
  'job 200' => -> { client.job(2, 200).to_h },
  'job 201' => -> { client.job(2, 201).to_h },
}

ARGV.each do |name|
  puts JSON.generate(calls.fetch(name).call)
rescue Gitlab::Error::Error => e
  puts JSON.generate('error' => e.class.name, 'message' => e.message)
end
