// file_source_test.cpp: files inside the roots are read, nothing else is, whatever links and names
// say.
#include "actors/fetch/file_source.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <sys/stat.h>

#include "actors/blocking_calls.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"
#include "tests/actors/gate.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/catch.hpp"

using namespace chainring;
using namespace chainring::actors;
namespace fs = std::filesystem;

namespace {

struct two_folders : tests::scratch {
  two_folders() {
    fs::create_directories(path / "root" / "inner");
    fs::create_directories(path / "outside");
    write("root/a.scxml", "inside");
    write("outside/secret", "secret");
  }
  fetched_bytes read(const fs::path& name) const {
    return read_confined(*parse_uri(file_uri(name)), {{path / "root"}});
  }
};

} // namespace

TEST_CASE_METHOD(two_folders, "a file under the root is read") {
  const auto got = read(path / "root" / "a.scxml");
  CHECK(got.outcome == fetch_outcome::ok);
  CHECK(got.bytes == "inside");
  CHECK(read(path / "root" / "inner" / ".." / "a.scxml").bytes == "inside");
}

TEST_CASE_METHOD(two_folders, "what lies outside is refused, whether it exists or not") {
  const auto there = read(path / "outside" / "secret");
  const auto not_there = read(path / "outside" / "nothing");
  CHECK(there.outcome == fetch_outcome::refused);
  CHECK(there.bytes.empty());
  CHECK(there.problem.what == not_there.problem.what);
  CHECK_THAT(there.problem.mend, Catch::Contains("treatment-roots"));
  CHECK(read(path / "root" / ".." / "outside" / "secret").outcome == fetch_outcome::refused);
  CHECK(read(path / "root").outcome == fetch_outcome::refused);
}

TEST_CASE_METHOD(two_folders, "a folder whose name begins like the root's is another folder") {
  fs::create_directories(path / "rooted");
  write("rooted/a.scxml", "no");
  CHECK(read(path / "rooted" / "a.scxml").outcome == fetch_outcome::refused);
}

TEST_CASE_METHOD(two_folders, "links are followed before the check") {
  fs::create_symlink(path / "outside" / "secret", path / "root" / "out");
  fs::create_symlink(path / "outside", path / "root" / "folder");
  fs::create_symlink("a.scxml", path / "root" / "in");
  fs::create_symlink("loop", path / "root" / "loop");
  CHECK(read(path / "root" / "out").outcome == fetch_outcome::refused);
  CHECK(read(path / "root" / "folder" / "secret").outcome == fetch_outcome::refused);
  CHECK(read(path / "root" / "in").bytes == "inside");
  CHECK_THAT(read(path / "root" / "loop").problem.mend, Catch::Contains("loop"));
}

TEST_CASE_METHOD(two_folders, "a root that is a link is where it points to") {
  fs::create_symlink(path / "root", path / "link");
  const auto got = read_confined(*parse_uri(file_uri(path / "link" / "a.scxml")), {{path / "link/"}});
  CHECK(got.bytes == "inside");
}

TEST_CASE_METHOD(two_folders, "only regular files") {
  REQUIRE(::mkfifo((path / "root" / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(read(path / "root" / "pipe").problem.what, Catch::Contains("not a regular file"));
  CHECK_THAT(read(path / "root" / "inner").problem.what, Catch::Contains("not a regular file"));
  CHECK_THAT(read(path / "root" / "gone").problem.what, Catch::Contains("no such file"));
  CHECK_THAT(read(path / "root" / "a.scxml" / "b").problem.what, Catch::Contains("no such file"));
}

TEST_CASE_METHOD(two_folders, "a file that is too large is refused") {
  write("root/most", std::string(limits::http_body_bytes_max, 'x'));
  write("root/more", std::string(limits::http_body_bytes_max + 1, 'x'));
  CHECK(read(path / "root" / "most").bytes.size() == limits::http_body_bytes_max);
  CHECK_THAT(read(path / "root" / "more").problem.what,
             Catch::Contains("larger than 1048576 bytes"));
}

TEST_CASE_METHOD(two_folders, "a drive letter is of another machine") {
  const auto got = read_confined(*parse_uri("file:///C:/a.scxml"), {{path}});
  CHECK(got.outcome == fetch_outcome::refused);
  CHECK_THAT(to_line(got.problem),
             Catch::Contains("drive letter") && Catch::Contains("file:///C:/a.scxml"));
}

TEST_CASE_METHOD(two_folders, "a drive letter is the folder that stands for it, and leads no further") {
  fs::create_symlink(path / "outside", path / "root" / "folder");
  const auto at = [&](const char* text) {
    const std::map<char, std::string> drives{{'C', (path / "root").string()}, {'D', (path / "outside").string()}};
    return read_confined(*parse_uri(text), {{path / "root"}, drives});
  };
  for (const char* text : {"file:///C:/a.scxml", "file:///c:/inner/../a.scxml", "file:///C|/a.scxml", "file:/C:/a.scxml"})
    CHECK(at(text).bytes == "inside");
  CHECK(at("file:///C:/folder/secret").outcome == fetch_outcome::refused);
  CHECK(at("file:///C:/../outside/secret").outcome == fetch_outcome::refused);
  CHECK(at("file:///D:/secret").outcome == fetch_outcome::refused); // its folder is no root
  CHECK_THAT(at("file:///E:/a.scxml").problem.what, Catch::Contains("drive letter"));
  CHECK(at("file:///C:").outcome == fetch_outcome::refused); // a folder
}

namespace {

/// The source of files below one root, with threads of its own.
struct reading_node : two_folders {
  explicit reading_node(std::chrono::milliseconds timeout)
      : files(make_file_source(io, {{path / "root"}}, timeout)) {}
  std::future<fetched_bytes> ask() {
    auto answer = std::make_shared<std::promise<fetched_bytes>>();
    files->get(*parse_uri(file_uri(path / "root" / "a.scxml")), [answer](fetched_bytes got) { answer->set_value(std::move(got)); });
    return answer->get_future();
  }
  /// Files of a share whose server has gone.
  void hang() {
    for (std::size_t n = 0; n < limits::file_reads_max; ++n)
      io.files().run("hangs " + std::to_string(n), [g = closed] { return g.wait(), 0; }, [](int) {});
  }
  io_threads io;
  std::shared_ptr<source> files;
  tests::gate closed;
};

} // namespace

TEST_CASE("a file is read while whoever reads another one hangs") {
  reading_node n{std::chrono::minutes{1}};
  CHECK(n.ask().get().bytes == "inside");
  n.io.files().run("hangs", [g = n.closed] { return g.wait(), 0; }, [](int) {});
  CHECK(n.ask().get().bytes == "inside");
  n.closed.open();
}

TEST_CASE("files that are not read in time are unavailable, and hold up no server") {
  reading_node n{std::chrono::milliseconds{200}};
  n.hang();
  const auto late = n.ask().get();
  CHECK(late.outcome == fetch_outcome::unavailable);
  CHECK_THAT(to_line(late.problem), Catch::Contains("not read within 200 ms") && Catch::Contains("file system"));
  std::promise<void> posted;
  n.io.post([&] { posted.set_value(); });
  posted.get_future().wait();
  n.closed.open();
  auto got = n.ask().get();
  while (got.outcome != fetch_outcome::ok) got = n.ask().get(); // a busy machine is late itself
  CHECK(got.bytes == "inside");
}

TEST_CASE("closing answers who waits for a file") {
  reading_node n{std::chrono::minutes{1}};
  n.hang();
  auto waiting = n.ask();
  n.files->close();
  CHECK_THAT(waiting.get().problem.what, Catch::Contains("node stops"));
  CHECK_THAT(n.ask().get().problem.what, Catch::Contains("node stops"));
  n.closed.open();
}
