"""Treatments from the application servers that the guide names and those that stand in their place: Apache httpd, Tomcat, Jetty and
nginx themselves, over HTTP and HTTPS, and servers of this test's own that send what IIS, JBoss and WebSphere send. Each document
is fetched once, over one connection; loading a campaign again asks whether it has changed; one that has is for new chains."""
import os

from certificates import *
from ordered_node import *

CHAINS = 5  # of each server and round
ROUNDS = ("first", "again", "changed")
TREATMENT = (TREATMENTS / "asks_a_server.scxml").read_text()
PART = (TREATMENTS / "part.scxml").read_text()


# -- the real ones -----------------------------------------------------------------------------------------------------------------

def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def nginx(scratch, www, http, https, mutual):
    by_ipv6 = f"listen [::1]:{http};" if has_ipv6() else ""
    certified = f"ssl_certificate {GOOD}.pem; ssl_certificate_key {GOOD}.key;"
    start_nginx(scratch, "$server_port $status $ssl_session_reused $ssl_client_s_dn", f"""
  types {{ text/xml scxml; }} gzip on; gzip_types text/xml; gzip_min_length 1; gzip_proxied any;
  server {{ listen 127.0.0.1:{http}; {by_ipv6} root {www}; }}
  server {{ listen 127.0.0.1:{https} ssl; root {www}; {certified} }}
  server {{
    listen 127.0.0.1:{mutual} ssl; root {www}; {certified} keepalive_requests 1; ssl_session_cache shared:all:1m;
    ssl_client_certificate ours.pem; ssl_verify_client on;
  }}""", [http, https, mutual])


def apache(scratch, www, http, https):
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                      for name in ("mpm_event", "authz_core", "mime", "dir", "deflate", "filter", "ssl"))
    config = scratch.write("httpd.conf", f"""{modules}
ServerRoot {scratch.folder}
ServerName 127.0.0.1
PidFile httpd.pid
ErrorLog httpd.log
User www-data
Group www-data
Listen 127.0.0.1:{http}
Listen 127.0.0.1:{https}
TypesConfig /dev/null
AddType application/scxml+xml .scxml
AddOutputFilterByType DEFLATE application/scxml+xml
DocumentRoot {www}
<Directory {www}>
  Require all granted
</Directory>
<VirtualHost 127.0.0.1:{https}>
  SSLEngine on
  SSLCertificateFile {GOOD}.pem
  SSLCertificateKeyFile {GOOD}.key
</VirtualHost>
""")
    scratch.start("apache2", "-d", scratch.folder, "-f", config, "-X")  # one process: nothing is left when it is killed


def java(scratch, jars, *arguments):
    scratch.start("java", "-Xmx96m", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", ":".join(jars), *arguments)


def tomcat(scratch, www, http, https):
    base = scratch.path("tomcat")
    for folder in ("conf", "logs", "temp", "work"):
        (base / folder).mkdir(parents=True)
    (base / "conf" / "server.xml").write_text(f"""<Server port="-1"><Service name="Catalina">
  <Connector address="127.0.0.1" port="{http}" compression="force"/>
  <Connector address="127.0.0.1" port="{https}" SSLEnabled="true" scheme="https" secure="true"><SSLHostConfig>
    <Certificate certificateFile="{scratch.path(GOOD)}.pem" certificateKeyFile="{scratch.path(GOOD)}.key"/>
  </SSLHostConfig></Connector>
  <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="none" autoDeploy="false">
    <Context path="" docBase="{www}"><Resources cachingAllowed="false"/></Context>
  </Host></Engine>
</Service></Server>""")
    (base / "conf" / "web.xml").write_text("""<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
  <servlet>
    <servlet-name>default</servlet-name><servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>
  </servlet>
  <servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping>
  <mime-mapping><extension>scxml</extension><mime-type>application/xml</mime-type></mime-mapping>
</web-app>""")
    home = "/usr/share/tomcat10"
    java(scratch, [f"{home}/bin/bootstrap.jar", f"{home}/bin/tomcat-juli.jar"], f"-Dcatalina.home={home}",
         f"-Dcatalina.base={base}", f"-Djava.io.tmpdir={base}/temp", "org.apache.catalina.startup.Bootstrap", "start")


def jetty(scratch, www, http, https):
    done = subprocess.run(["openssl", "pkcs12", "-export", "-in", f"{GOOD}.pem", "-inkey", f"{GOOD}.key", "-out", "jetty.p12",
                           "-passout", "pass:secret"], cwd=scratch.folder, capture_output=True, text=True)
    check(done.returncode == 0, done.stderr)
    server = "org.eclipse.jetty.server"
    address = '<Set name="host">127.0.0.1</Set><Set name="port">{}</Set>'
    config = scratch.write("jetty.xml", f"""<?xml version="1.0"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure id="Server" class="{server}.Server">
  <Call name="addConnector"><Arg><New class="{server}.ServerConnector">
    <Arg name="server"><Ref refid="Server"/></Arg>{address.format(http)}
  </New></Arg></Call>
  <Call name="addConnector"><Arg><New class="{server}.ServerConnector">
    <Arg name="server"><Ref refid="Server"/></Arg>
    <Arg name="sslContextFactory"><New class="org.eclipse.jetty.util.ssl.SslContextFactory$Server">
      <Set name="keyStorePath">{scratch.path("jetty.p12")}</Set><Set name="keyStorePassword">secret</Set>
    </New></Arg>{address.format(https)}
  </New></Arg></Call>
  <Set name="handler"><New class="{server}.handler.gzip.GzipHandler">
    <Set name="minGzipSize">1</Set>
    <Set name="handler"><New class="{server}.handler.ResourceHandler">
      <Set name="etags">true</Set><Set name="resourceBase">{www}</Set>
    </New></Set>
  </New></Set>
</Configure>""")
    folder = "/usr/share/java"
    jars = [f"{folder}/jetty9-{name}.jar" for name in ("server", "http", "io", "util", "xml")] + [f"{folder}/servlet-api.jar"]
    java(scratch, jars, "org.eclipse.jetty.xml.XmlConfiguration", config)


# -- those that run elsewhere ----------------------------------------------------------------------------------------------------
#
# Each behaviour, and where it is described:
#   IIS 6 sends Content-Location, and an ETag whose second half changes with every restart ("…:d05", Microsoft's article 922703);
#     later ones end in ":0". Headers and their order: "IIS 8.0: To use or not to use ETag" (iis-blogs.azurewebsites.net/wonyoo),
#     technet.microsoft.com/library/ee619764. Documents of Windows editors begin with a byte order mark, UTF-8's or UTF-16's.
#     ASP.NET appends the charset that it writes in to Content-Type ("Charset Encoding in ASP.NET Response",
#     weblog.west-wind.com), and what a StringWriter has made declares UTF-16 all the same ("Creating a RESTful Web Service Using
#     ASP.Net MVC Part 16", shouldersofgiants.co.uk, which has this answer of IIS 7).
#   JBoss AS to 7 has a fork of Tomcat (JBoss Web): Apache-Coyote, weak ETags of size and time like Tomcat's DefaultServlet above;
#     what a servlet makes is chunked and in ISO-8859-1 unless it says otherwise (Servlet specification, 5.4).
#   JBoss EAP 7, WildFly: Undertow, "Server: JBoss-EAP/7", "X-Powered-By: Undertow/1" (JBoss EAP 7.1 Configuration Guide, 16.1).
#   WebSphere: X-Powered-By: Servlet/… (OpenLiberty pull request 21650), with a cookie Expires in 1994 and Cache-Control:
#     no-cache="set-cookie, set-cookie2" (OpenLiberty issue 29395 has the date; traditional WebSphere sends the same two headers).
#     It closes persistent connections after a number of requests of its own choosing without having said so in an answer.

def date():
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())


class StandIn(http.server.ThreadingHTTPServer):
    """Answers GETs with what `says(etag)` gives before the length, in its order and case; 304 to who has that version."""
    daemon_threads = True

    def __init__(self, says, etag, encode=str.encode, chunked=False, closes_after=None, status="OK"):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.says, self.etag, self.encode, self.chunked, self.closes_after = says, etag, encode, chunked, closes_after
        self.status = status
        self.documents = {"/asks_a_server.scxml": TREATMENT, "/part.scxml": PART}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            server = self.server
            body = server.encode(server.documents[self.path])
            etag = server.etag(body)
            if etag and self.headers.get("If-None-Match") == etag:
                lines = ["HTTP/1.1 304 Not Modified", f"ETag: {etag}", f"Date: {date()}"]
                body = b""
            else:
                lines = [f"HTTP/1.1 200 {server.status}", *server.says(etag)]
                if server.chunked:
                    lines.append("Transfer-Encoding: chunked")
                    pieces = [body[n:n + 500] for n in range(0, len(body), 500)] + [b""]
                    body = b"".join(f"{len(p):x}\r\n".encode() + p + b"\r\n" for p in pieces)
                else:
                    lines.append(f"Content-Length: {len(body)}")
            self.wfile.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
            self.served = getattr(self, "served", 0) + 1
            self.close_connection = self.served == server.closes_after

        def log_message(self, *_):
            pass


def hashed(body):
    return f"{hash(body) & 0xffffffffffff:x}"


def stand_ins():
    restarts = iter(range(1000))
    modified = "Last-Modified: Tue, 28 Feb 2012 19:04:57 GMT"

    def iis6(etag):
        return ["Content-Type: text/xml", "Content-Location: http://iis.example/a.scxml", modified, "Accept-Ranges: bytes",
                f"ETag: {etag}", "Server: Microsoft-IIS/6.0", "X-Powered-By: ASP.NET", f"Date: {date()}"]

    def iis8(etag):
        return ["Content-Type: text/xml", modified, "Accept-Ranges: bytes", f"ETag: {etag}", "Server: Microsoft-IIS/8.0",
                "X-Powered-By: ASP.NET", f"Date: {date()}"]

    def aspnet(_):
        return ["Cache-Control: private", "Content-Type: application/xml; charset=utf-8", "Server: Microsoft-IIS/7.0",
                "X-AspNetMvc-Version: 1.0", "X-AspNet-Version: 2.0.50727", "X-Powered-By: ASP.NET", f"Date: {date()}"]

    def jboss_web(etag):
        return ["Server: Apache-Coyote/1.1", "X-Powered-By: Servlet 2.5; JBoss-5.0/JBossWeb-2.1", f"ETag: {etag}", modified,
                "Content-Type: text/xml;charset=ISO-8859-1", f"Date: {date()}"]

    def undertow(_):
        return ["connection: keep-alive", "X-Powered-By: Undertow/1", "Server: JBoss-EAP/7", "Content-Type: application/xml",
                f"Date: {date()}"]

    def websphere(_):
        return ["X-Powered-By: Servlet/3.0", "Content-Type: text/xml; charset=UTF-8", "Content-Language: en-US",
                "Set-Cookie: JSESSIONID=0000kk3; Path=/; HttpOnly", f"Date: {date()}", "Expires: Thu, 01 Dec 1994 16:00:00 GMT",
                'Cache-Control: no-cache="set-cookie, set-cookie2"']

    return {
        "iis6": StandIn(iis6, lambda body: f'"{hashed(body)}:{next(restarts):x}"', lambda text: b"\xef\xbb\xbf" + text.encode()),
        "iis8": StandIn(iis8, lambda body: f'"{hashed(body)}:0"', lambda text: text.encode("utf-16")),
        "aspnet": StandIn(aspnet, lambda body: "", lambda text: ('<?xml version="1.0" encoding="utf-16"?>' + text).encode()),
        "jboss5": StandIn(jboss_web, lambda body: f'W/"{len(body)}-{hashed(body)}"', lambda text: text.encode("latin-1"),
                          chunked=True),
        "jboss_eap7": StandIn(undertow, lambda body: "", chunked=True),
        "websphere": StandIn(websphere, lambda body: "", chunked=True, closes_after=1, status=""),
    }


def main():
    with Scratch(program_argument()) as scratch:
        os.chmod(scratch.folder, 0o755)  # Apache does not serve as root
        authority = Certificates(scratch)
        tomorrow = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + 86_400))

        def become(name):
            authority.sign(name, "ours", f"DNS:{name}", tomorrow)
            for end in ("key", "pem"):
                os.replace(scratch.path(f"{name}.{end}"), scratch.path(f"client.{end}"))

        become("node-one")
        www = scratch.path("www")
        www.mkdir()
        (www / "asks_a_server.scxml").write_text(TREATMENT)
        (www / "part.scxml").write_text(PART)
        for document in www.iterdir():  # it was not changed a moment ago
            os.utime(document, (time.time() - 3600,) * 2)

        origins, real = {}, []
        mutual = free_port()
        for name, start in (("tomcat", tomcat), ("jetty", jetty), ("apache", apache), ("nginx", nginx)):
            ports = free_port(), free_port()
            start(scratch, www, *ports, *([mutual] if start is nginx else []))
            origins[name], origins[f"{name}_tls"] = f"http://127.0.0.1:{ports[0]}", f"https://127.0.0.1:{ports[1]}"
            real += ports
        if has_ipv6():
            origins["nginx_ipv6"] = f"http://[::1]:{ports[0]}"
        origins["nginx_mutual"] = f"https://127.0.0.1:{mutual}"
        others = stand_ins()
        origins.update({name: f"http://127.0.0.1:{server.server_port}" for name, server in others.items()})
        for port in real:
            wait_for_port(port)
        campaigns = {}
        for name, origin in origins.items():
            for what in ROUNDS:
                rows_of = people(scratch, f"{what}_{name}", [f"{origin}/part.scxml"] * CHAINS)
                campaigns[f"{what}_{name}"] = f"{origin}/asks_a_server.scxml", {f"{what}_{name}": (rows_of, "")}
        # On a machine that is very busy the first answer of a Java server takes longer than the default.
        node = OrderedNode(scratch, campaigns, """
[http]
http-response-timeout = 100
[tls]
trusted-ca = "ours.pem"
certificate = "client.pem"
certificate-key = "client.key"
""", patience_s=300)

        def of(what):
            return [f"{what}_{server}" for server in origins]

        node.start(*of("first"))
        for name, origin in origins.items():
            seen = node.servers()[origin]
            once = seen["connects"] == 1 or name in ("nginx_mutual", "websphere")
            check(seen["answers"] == 2 and once and not seen["errors"], f"{name}: not two documents over one connection: {seen}")
        check(node.servers()[origins["nginx_mutual"]]["tls_resumed"] == 1, "the second connection was not resumed")

        become("node-two")
        node.start(*of("again"))
        for name, origin in origins.items():
            seen = node.servers()[origin]
            check(seen["revalidations"] >= 1 and seen["unchanged"] == seen["revalidations"] and not seen["errors"],
                  f"{name}: the document did not stay the same: {seen}")

        changed = TREATMENT.replace("'document'", "'changed'")
        (www / "asks_a_server.scxml").write_text(changed)
        for server in others.values():
            server.documents["/asks_a_server.scxml"] = changed
        scratch.write("client.pem", "half of a certificate")  # somebody is writing it: what was read before is used on
        node.start(*of("changed"))
        for name, origin in origins.items():
            seen = node.servers()[origin]
            check(seen["unchanged"] < seen["revalidations"] and not seen["errors"], f"{name}: the document has not changed: {seen}")
        node.stop()
        said = scratch.path("node.log").read_text()
        check(said.count("the file with the own certificate cannot be used") == 1, said)
        for name in origins:
            for what in ROUNDS:
                outcomes = [r["outcome"] for r in scratch.export(f"{what}_{name}", "node.db")]
                wanted = ["changed" if what == "changed" else "document"] * CHAINS
                check(outcomes == wanted, f"{name}, {what}: {outcomes}, not {wanted}")

        for process in scratch.processes:  # stopping nginx writes what it has buffered
            process.terminate()
            process.wait()
        log = [line.split(" ", 3) for line in scratch.path("access.log").read_text().splitlines()]
        known_as = [line[3] for line in log if line[0] == str(mutual) and line[1] in ("200", "304")]
        check(known_as[0] == "CN=node-one" and known_as[-1] == "CN=node-two", f"the node has shown itself as {known_as}")
        check({line[1] for line in log} == {"200", "304"}, f"nginx has answered {log}")
        print(f"{len(origins)} servers: each document once and over one connection, asked for again, and changed; {len(log)} "
              "requests to nginx, the node's certificate changed meanwhile")


main()
