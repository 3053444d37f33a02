// postgres_server.cpp: initdb, postgres and SQL through libpq. A server refuses the superuser: then it runs as nobody.
#include "tests/dialer/store/postgres_server.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

constexpr const char* user = "chainring";

/// The folder with the programs of the newest server that is installed.
std::string programs() {
  std::string newest;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
    if (fs::exists(version.path() / "bin" / "postgres") && version.path().string() > newest) newest = version.path().string();
  if (newest.empty()) FAIL("no PostgreSQL server under /usr/lib/postgresql: install the package postgresql");
  return newest + "/bin/";
}

/// As the user that the server runs as; its output goes to `log`.
pid_t start_program(const std::vector<std::string>& command, const std::string& log) {
  const auto parent = ::getpid();
  const auto id = ::fork();
  if (id != 0) return id;
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // never left behind
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (::geteuid() == 0) {
    const auto* nobody = ::getpwnam("nobody");
    if (nobody == nullptr || ::setgroups(0, nullptr) != 0 || ::setgid(nobody->pw_gid) != 0 || ::setuid(nobody->pw_uid) != 0)
      ::_exit(1);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT); // forgotten with the other user
  }
  if (::getppid() != parent || ::chdir("/") != 0) ::_exit(1);
  std::vector<char*> arguments;
  for (const auto& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  ::setenv("LC_ALL", "C", 1);
  ::execv(arguments[0], arguments.data());
  ::_exit(1);
}

} // namespace

postgres_server& postgres_server::shared() {
  // Fast: what is durable is not under test here.
  static postgres_server one("fsync = off\nfull_page_writes = off\nautovacuum = off\n");
  return one;
}

postgres_server::postgres_server(const std::string& settings) {
  std::string name = (fs::temp_directory_path() / "chainring-pg-XXXXXX").string(); // short: a socket's path has 107 bytes
  if (::mkdtemp(name.data()) == nullptr) FAIL("no scratch folder for PostgreSQL");
  folder_ = name;
  if (::geteuid() == 0)
    if (const auto* nobody = ::getpwnam("nobody"); nobody == nullptr || ::chown(name.c_str(), nobody->pw_uid, nobody->pw_gid) != 0)
      FAIL("no user to run PostgreSQL as");
  int status = -1;
  const auto made = start_program({programs() + "initdb", "-D", folder_ + "/data", "-U", user, "-A", "trust", "-E", "UTF8",
                                   "--no-locale", "-N", "--no-instructions"},
                                  folder_ + "/log");
  if (::waitpid(made, &status, 0) != made || status != 0) FAIL("initdb fails, see " << folder_ << "/log");
  std::ofstream(folder_ + "/data/postgresql.conf", std::ios::app)
    << "listen_addresses = ''\nunix_socket_directories = '" << folder_ << "'\nshared_buffers = 32MB\n" << settings;
  start();
}

postgres_server::~postgres_server() {
  crash();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void postgres_server::start() {
  process_ = start_program({programs() + "postgres", "-D", folder_ + "/data"}, folder_ + "/log");
  for (int tries = 0; PQping(uri().c_str()) != PQPING_OK; ++tries) {
    if (tries > 3'000 || ::waitpid(process_, nullptr, WNOHANG) != 0) FAIL("PostgreSQL does not start, see " << folder_ << "/log");
    ::usleep(10'000);
  }
}

void postgres_server::crash() {
  if (process_ <= 0) return;
  ::kill(process_, SIGQUIT); // "immediate": nothing is flushed, and the children go too
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

std::string postgres_server::uri(const std::string& schema, const std::string& by) const {
  std::string host;
  for (const char c : by.empty() ? folder_ : by) host += c == '/' ? "%2F" : std::string(1, c);
  return "postgresql://" + std::string(user) + "@" + host + "/postgres" +
         (schema.empty() ? "" : "?options=-csearch_path%3D" + schema);
}

std::string postgres_server::make_schema() {
  const auto name = "store_" + std::to_string(++schemas_);
  sql("CREATE SCHEMA " + name);
  return name;
}

std::string postgres_server::sql(const std::string& text) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> on(PQconnectdb(uri().c_str()), &PQfinish);
  PQsetNoticeReceiver(on.get(), [](void*, const PGresult*) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> got(PQexec(on.get(), text.c_str()), &PQclear);
  if (const auto status = PQresultStatus(got.get()); status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    FAIL(text << ": " << PQerrorMessage(on.get()));
  std::string out;
  for (int row = 0; row < PQntuples(got.get()); ++row)
    for (int column = 0; column < PQnfields(got.get()); ++column)
      out += (row + column == 0 ? "" : column == 0 ? "\n" : "|") + std::string(PQgetvalue(got.get(), row, column));
  return out;
}
