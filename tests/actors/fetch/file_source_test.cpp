// file_source_test.cpp: files inside the roots are read, nothing else is, whatever links and names
// say.
#include "actors/fetch/file_source.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <sys/stat.h>

#include "actors/io_threads.hpp"
#include "actors/limits.hpp"
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
    return read_confined(*parse_uri(file_uri(name)), {path / "root"});
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
  const auto got = read_confined(*parse_uri(file_uri(path / "link" / "a.scxml")), {path / "link/"});
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
  const auto got = read_confined(*parse_uri("file:///C:/a.scxml"), {path});
  CHECK(got.outcome == fetch_outcome::refused);
  CHECK_THAT(to_line(got.problem),
             Catch::Contains("drive letter") && Catch::Contains("file:///C:/a.scxml"));
}

TEST_CASE_METHOD(two_folders, "the source answers from an io thread") {
  io_threads io;
  const auto files = make_file_source(io, {path / "root"});
  std::promise<fetched_bytes> answer;
  files->get(*parse_uri(file_uri(path / "root" / "a.scxml")),
             [&](fetched_bytes got) { answer.set_value(std::move(got)); });
  CHECK(answer.get_future().get().bytes == "inside");
}
