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
            fastcgi_pass {target};"""
STATIC = """\
root "{root}";
            sendfile on;
            tcp_nopush on;"""


def http_upstream(name, socket, kept=32):
    """The upstream of a peer: each of nginx's processes keeps so many connections that nobody uses just now."""
    return f'upstream {name} {{\n        server "unix:{socket}";\n        keepalive {kept};\n    }}'


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
        self.blocks[name] = (http_upstream(name, socket), PROXY.format(name=name))

    def add_fastcgi(self, name, socket, parameters="", kept=0):
        """A peer or limit that speaks FastCGI; `kept` connections stay open, in all of nginx's processes together."""
        if not kept:
            self.blocks[name] = ("", FASTCGI.format(target=f'"unix:{socket}"', parameters=parameters))
            return
        upstream = http_upstream(name, socket, max(1, kept // len(os.sched_getaffinity(0))))
        self.blocks[name] = (upstream, FASTCGI.format(target=name, parameters=parameters))

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
