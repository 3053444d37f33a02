// file_source.cpp: a name is resolved first and then opened folder by folder without following
// links, so that a link that is put in place between the two cannot lead out of the root.
#include "actors/fetch/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "actors/blocking_calls.hpp"
#include "actors/io_threads.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

class descriptor {
 public:
  explicit descriptor(int number)
      : number_(number) {}
  descriptor(descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

fetched_bytes failed_with(fetch_outcome outcome, error problem) {
  fetched_bytes out{outcome, {}, {}, std::move(problem)};
  out.failure = fetch_failure::file;
  return out;
}

fetched_bytes refused(std::string what, const uri& where, std::string mend) {
  return failed_with(fetch_outcome::refused, {std::move(what), where.text, std::move(mend)});
}

/// What tells that a file has been written or replaced.
std::string stamp_of(const struct stat& about) {
  return std::to_string(about.st_dev) + '-' + std::to_string(about.st_ino) + '-' + std::to_string(about.st_size) + '-' +
         std::to_string(about.st_mtim.tv_sec) + '.' + std::to_string(about.st_mtim.tv_nsec);
}

fetched_bytes unreadable(int reason, const uri& where) {
  const std::string text = "the file cannot be read (" + std::string{std::strerror(reason)} + ")";
  switch (reason) {
  case ENOENT:
  case ENOTDIR:
    return refused("there is no such file", where, "put the document there, or correct the URI");
  case EACCES:
    return refused(text, where, "let the user of this process read the file and its folders");
  case ELOOP: return refused(text, where, "remove the loop of symbolic links");
  default:
    return failed_with(fetch_outcome::unavailable, {text, where.text, "look at the file system"});
  }
}

/// The root that `path` (absolute, without links) lies under; null: none.
const fs::path* root_of(const fs::path& path, const std::vector<fs::path>& roots) {
  const auto contains = [&](const fs::path& root) {
    const auto [end_of_root, rest] =
        std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    return end_of_root == root.end() && rest != path.end();
  };
  const auto found = std::find_if(roots.begin(), roots.end(), contains);
  return found == roots.end() ? nullptr : &*found;
}

/// As it was configured, absolute and without a slash at its end.
fs::path lexical(const fs::path& root) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(root, failed).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

/// Opens what lies at `inner` under `root`, refusing links. -1 and errno like open(2).
descriptor open_beneath(const fs::path& root, const fs::path& inner) {
  descriptor at{::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  for (auto part = inner.begin(); at.number() >= 0 && part != inner.end(); ++part) {
    // O_NONBLOCK: a FIFO must not hang the thread before it is seen not to be a regular file.
    const int flags =
        std::next(part) == inner.end() ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
    at = descriptor{::openat(at.number(), part->c_str(), flags | O_NOFOLLOW | O_CLOEXEC)};
  }
  return at;
}

fetched_bytes read_all(const descriptor& file, const uri& where, const std::string& known) {
  struct stat about {};
  if (::fstat(file.number(), &about) != 0) return unreadable(errno, where);
  if (!S_ISREG(about.st_mode))
    return refused("this is not a regular file", where, "name a document");
  fetched_bytes out;
  out.etag = stamp_of(about);
  if (out.etag == known) {
    out.outcome = fetch_outcome::unchanged;
    return out;
  }
  // One byte more than is allowed: the file may grow while it is read.
  out.bytes.resize(limits::http_body_bytes_max + 1);
  std::size_t size = 0;
  while (size < out.bytes.size()) {
    const ssize_t got = ::read(file.number(), out.bytes.data() + size, out.bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(errno, where);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limits::http_body_bytes_max)
    return refused("the file is larger than " + std::to_string(scxml::limits::document_bytes_max) +
                       " bytes",
                   where, "make the document smaller");
  out.bytes.resize(size);
  out.bytes.shrink_to_fit();
  out.outcome = fetch_outcome::ok;
  return out;
}

/// One read that is waited for. Its time may be over before it ends.
struct reading {
  reading(const asio::strand<asio::io_context::executor_type>& strand, uri wanted, source::callback then)
      : where(std::move(wanted)), done(std::move(then)), deadline(strand) {}
  const uri where;
  source::callback done; // empty once called
  asio::steady_timer deadline;
};

class file_source final : public source, public std::enable_shared_from_this<file_source> {
 public:
  file_source(io_threads& io, file_places places, std::chrono::milliseconds read_timeout)
      : io_(io)
      , strand_(asio::make_strand(io.context()))
      , places_(std::move(places))
      , timeout_(read_timeout) {}

  void get(const uri& where, get_terms terms, callback done) override {
    auto r = std::make_shared<reading>(strand_, where, std::move(done));
    asio::post(strand_, [self = shared_from_this(), r, known = std::move(terms.known.etag)] { self->begin(r, known); });
  }
  void close() override {
    asio::post(strand_, [self = shared_from_this()] {
      self->closed_ = true;
      for (const auto& r : std::exchange(self->running_, {})) self->finish(r, self->stopping(*r));
    });
  }

 private:
  void begin(const std::shared_ptr<reading>& r, const std::string& known) {
    if (closed_) return finish(r, stopping(*r));
    running_.insert(r);
    r->deadline.expires_after(timeout_);
    r->deadline.async_wait([self = shared_from_this(), r](boost::system::error_code cancelled) {
      if (!cancelled) self->finish(r, self->late(*r));
    });
    io_.files().run(
        r->where.text + ' ' + known, [where = r->where, places = places_, known] { return read_confined(where, places, known); },
        [self = shared_from_this(), r](const fetched_bytes& got) {
          asio::post(self->strand_, [self, r, got] { self->finish(r, got); });
        });
  }

  void finish(const std::shared_ptr<reading>& r, fetched_bytes got) {
    r->deadline.cancel();
    running_.erase(r);
    if (r->done) std::exchange(r->done, nullptr)(std::move(got));
  }

  fetched_bytes late(const reading& r) const {
    return failed_with(fetch_outcome::unavailable,
                       {"the file was not read within " + std::to_string(timeout_.count()) + " ms", r.where.text,
                        "look at its file system, or at the server of that"});
  }
  fetched_bytes stopping(const reading& r) const {
    return failed_with(fetch_outcome::unavailable, {"the file was not read: the node stops", r.where.text, "start it again"});
  }

  io_threads& io_;
  const asio::strand<asio::io_context::executor_type> strand_;
  const file_places places_;
  const std::chrono::milliseconds timeout_;
  std::set<std::shared_ptr<reading>> running_;
  bool closed_ = false;
};

} // namespace

std::optional<std::string> local_path(const uri& where, const std::map<char, std::string>& drives) {
  if (!where.path.empty() && where.path[0] == '/') return where.path;
  const auto drive = where.path.empty() ? drives.end() : drives.find(static_cast<char>(where.path[0] & ~0x20));
  if (drive == drives.end()) return std::nullopt;
  return drive->second + '/' + where.path.substr(std::min<std::size_t>(where.path.size(), 3)); // behind "C:/"
}

fetched_bytes read_confined(const uri& where, const file_places& places, const std::string& known) {
  const auto path = local_path(where, places.drives);
  if (!path)
    return refused("a path with a drive letter is of another machine", where,
                   "let treatment-drives of [node] name the folder that stands for this drive, or write file:///folder/document");
  std::error_code failed;
  const fs::path real = fs::canonical(*path, failed);
  std::vector<fs::path> real_roots;
  std::vector<fs::path> named_roots;
  for (const auto& root : places.roots) {
    std::error_code no_root;
    named_roots.push_back(lexical(root));
    auto resolved = fs::canonical(root, no_root);
    if (!no_root) real_roots.push_back(std::move(resolved));
  }
  const fs::path* root = failed ? nullptr : root_of(real, real_roots);
  // A name outside must not tell whether it exists, so the lexical check comes before the answer
  // "no such file".
  if (failed && root_of(fs::path{*path}.lexically_normal(), named_roots))
    return unreadable(failed.value(), where);
  if (!root)
    return refused(
        "the file does not lie under any of the treatment roots", where,
        "add its folder to treatment-roots, or move it there; symbolic links are resolved first");
  const descriptor file = open_beneath(*root, real.lexically_relative(*root));
  return file.number() < 0 ? unreadable(errno, where) : read_all(file, where, known);
}

std::shared_ptr<source> make_file_source(io_threads& io, file_places places, std::chrono::milliseconds read_timeout) {
  return std::make_shared<file_source>(io, std::move(places), read_timeout);
}

} // namespace chainring::actors
