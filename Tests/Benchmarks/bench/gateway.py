"""The peers' nginx: the configuration that artifactd's own has, with a server block for each peer and limit."""

import os
from pathlib import Path

from .instance import REPOSITORY
from .services import Service, free_ports, give_to_service

MAIN = """\
daemon off;
worker_processes auto;
pid "{directory}/temp/nginx.pid";
error_log "{directory}/nginx-error.log" emerg;
events {{
    worker_connections 2048;
}}
http {{
    client_body_temp_path "{directory}/temp/body";
    fastcgi_temp_path "{directory}/temp/fastcgi";
    proxy_temp_path "{directory}/temp/proxy";
    uwsgi_temp_path "{directory}/temp/uwsgi";
    scgi_temp_path "{directory}/temp/scgi";

    upstream artifactd_api {{
        server "unix:{sockets}/spare.sock";
        keepalive 32;
        keepalive_requests 100000;
    }}
    upstream artifactd_upload {{
        server "unix:{sockets}/spare-upload.sock";
    }}
    map "" $artifactd_store {{
        default "{store}";
    }}
    include artifactd-http.conf;
    access_log "{directory}/nginx-access.log" artifactd;

    server {{
        listen 127.0.0.1:{port};
        include artifactd-server.conf;
    }}
{blocks}
}}
"""

# What artifactd-server.conf sets, so that nginx does the same for a peer.
PEER = """\
    {upstream}
    server {{
        listen 127.0.0.1:{port};
        server_tokens off;
        client_header_buffer_size   4k;
        large_client_header_buffers 1 48k;
        underscores_in_headers off;
        merge_slashes off;
        gzip off;
        send_timeout 60s;
        include error-pages.conf;
        include internal-content.conf;
        location / {{
            {location}
        }}
    }}
"""

# HTTP peers get what artifactd has: buffers for records of 64 KiB, no temporary file; and they may keep connections.
PROXY = """\
proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffer_size 64k;
            proxy_buffers 16 64k;
            proxy_busy_buffers_size 256k;
            proxy_max_temp_file_size 0;
            proxy_next_upstream off;
            proxy_read_timeout 300s;
            proxy_pass http://{name};"""
FASTCGI = """\
include fastcgi.conf;
            fastcgi_read_timeout 300s;
            {parameters}
            fastcgi_pass {name};"""
STATIC = """\
root "{root}";
            sendfile on;
            tcp_nopush on;"""


# FastCGI peers and limits have 16 processes or threads, and an idle connection holds one: half of them may be held.
FASTCGI_WORKERS = 16


def upstream(name, socket, connections):
    """An upstream that keeps so many connections, for each of nginx's processes."""
    keep = f"keepalive {connections};" if connections > 0 else ""
    return f'upstream {name} {{\n        server "unix:{socket}";\n        {keep}\n        keepalive_requests 100000;\n    }}'


class Gateway:
    """nginx in front of the spare server, the peers and the limits."""

    def __init__(self, directory, sockets, store):
        self.directory = Path(directory)
        self.sockets = sockets
        self.store = store
        self.blocks = {}
        self.service = None

    def add_http(self, name, socket):
        """A peer that speaks HTTP over a unix socket."""
        self.blocks[name] = (upstream(name, socket, 32), PROXY.format(name=name))

    def add_fastcgi(self, name, socket, parameters=""):
        """A peer or limit that speaks FastCGI."""
        self.blocks[name] = (upstream(name, socket, max(1, FASTCGI_WORKERS // 2 // (os.cpu_count() or 1))),
                             FASTCGI.format(name=name, parameters=parameters))

    def add_static(self, name, root):
        """Files without any back end."""
        self.blocks[name] = ("", STATIC.format(root=root))

    def start(self):
        """Writes the configuration and starts nginx; `ports` has the blocks' and that of the spare server."""
        names = ["spare", *self.blocks]
        self.ports = dict(zip(names, free_ports(len(names))))
        (self.directory / "temp").mkdir(parents=True, exist_ok=True)
        give_to_service(self.directory / "temp")
        for source in (REPOSITORY / "deploy" / "nginx").glob("*.conf"):
            (self.directory / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        blocks = "".join(PEER.format(upstream=upstream, location=location, port=self.ports[name])
                         for name, (upstream, location) in self.blocks.items())
        text = MAIN.format(directory=self.directory, sockets=self.sockets, store=self.store, port=self.ports["spare"],
                           blocks=blocks)
        configuration = self.directory / "nginx.conf"
        configuration.write_text(text, encoding="utf-8")
        for log in ("nginx-error.log", "nginx-access.log"):
            (self.directory / log).write_bytes(b"")
            give_to_service(self.directory / log)
        command = ["/usr/sbin/nginx", "-e", self.directory / "nginx-error.log", "-p", self.directory, "-c", configuration]
        self.service = Service("gateway", command, self.directory).start()
        self.service.wait_until((self.directory / "temp" / "nginx.pid").exists)

    def stop(self):
        if self.service is not None:
            self.service.stop()
        (self.directory / "temp" / "nginx.pid").unlink(missing_ok=True)
