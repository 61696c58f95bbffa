<?php
// A peer of the benchmark: what a PHP programmer would put behind nginx. PHP-FPM, pgsql, ZipArchive, opcache.
//
// The same statement as artifactd's, prepared once in each worker's persistent connection; whole archives by
// X-Accel-Redirect. ZipArchive cannot be kept from one request to the next, so each request reads the directory.
// pg_pconnect() sends RESET ALL at each request; PDO does not, but its prepared statements end with the request, and SQL's
// EXECUTE by it costs PostgreSQL more than that.

declare(strict_types=1);

const STATEMENT = 'authorize';
const BLOCK = 65536;

function refuse(int $status, string $message): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode(['message' => "$status $message"]);
    exit;
}

/** The row of authorize.sql by its columns' numbers. */
function facts(string $token, string $project, string $job): array
{
    $database = pg_pconnect(getenv('BENCH_DATABASE'));
    $binds = ['\x' . hash('sha256', $token), null, $project, null, $job, 'archive'];
    $result = @pg_execute($database, STATEMENT, $binds);
    if ($result === false) {
        // A new connection of this worker's.
        pg_prepare($database, STATEMENT, file_get_contents(getenv('BENCH_STATEMENT')));
        $result = pg_execute($database, STATEMENT, $binds);
    }
    return pg_fetch_row($result);
}

/** The rules; returns where they let the request through. */
function decide(array $row): void
{
    $true = fn (int $column): bool => $row[$column] === 't';
    $role = (int) $row[25];
    if ($row[0] === null || $true(1) || $true(2) || !($true(3) || $true(4))) {
        refuse(401, 'Unauthorized');
    }
    if ($row[13] !== 'active') {
        refuse(403, 'Forbidden');
    }
    $reader = $true(14) || $true(15);
    $seen = $reader || $role >= 10 || $row[19] === 'public' || ($row[19] === 'internal' && !$true(16));
    if ($row[17] === null || !$seen) {
        refuse(404, 'Project Not Found');
    }
    if ($row[21] === 'disabled' || ($row[21] === 'private' && $role < 10 && !$reader)
        || !($true(20) || $role >= 20 || $reader)) {
        refuse(403, 'Forbidden');
    }
    if ($row[26] === null || $row[27] === null) {
        refuse(404, 'Not Found');
    }
    $needed = ['all' => 0, 'developer' => 30, 'maintainer' => 40, 'none' => PHP_INT_MAX][$row[28]];
    if ($role < $needed && !($true(14) && $needed !== PHP_INT_MAX)) {
        refuse(403, 'Forbidden');
    }
    if (!$true(30)) {
        refuse(404, 'Not Found');
    }
}

function sendMember(string $file, string $name, string $digest): void
{
    $archive = new ZipArchive();
    if ($archive->open($file, ZipArchive::RDONLY) !== true) {
        refuse(500, 'Archive is corrupt');
    }
    $about = $archive->statName($name);
    if ($about === false) {
        refuse(404, 'Not Found');
    }
    header('Content-Type: text/plain; charset=utf-8');
    header('Content-Disposition: attachment; filename="' . basename($name) . '"');
    header('ETag: "' . hash('sha256', "$digest:$name") . '"');
    header('Content-Length: ' . $about['size']);
    $stream = $archive->getStreamIndex($about['index']);
    // fread() returns a chunk at most, of 8 KiB without this.
    stream_set_chunk_size($stream, BLOCK);
    while (!feof($stream)) {
        echo fread($stream, BLOCK);
    }
}

$pattern = '~^/api/v4/projects/(\d+)/jobs/(\d+)/artifacts(?:/([^?]*))?~';
if (!preg_match($pattern, $_SERVER['REQUEST_URI'], $match)) {
    refuse(404, 'Not Found');
}
$row = facts($_SERVER['HTTP_PRIVATE_TOKEN'] ?? '', $match[1], $match[2]);
decide($row);
$digest = substr($row[33], 2);
$place = substr($digest, 0, 2) . '/' . substr($digest, 2, 2) . "/$digest.$row[32]";
header('Cache-Control: private, no-cache');
header('X-Content-Type-Options: nosniff');
if (isset($match[3])) {
    sendMember(getenv('BENCH_STORE') . "/contents/$place", rawurldecode($match[3]), $digest);
} else {
    header('Content-Type: application/octet-stream');
    header("Content-Disposition: attachment; filename=\"$row[29]\"");
    header("ETag: \"$digest\"");
    header("X-Accel-Redirect: /_content/$place");
}
