// schema.cpp: the lock, the pragmas and the migrations, each in a transaction of its own.
#include "dialer/store/sqlite/schema.hpp"

#include <initializer_list>

#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

// The lock comes with the first access and stays. synchronous=FULL: a commit is on the disk when it returns, because
// the intent of a call is one. The write-ahead log is copied back every 4,000 pages (16 MB), not 1,000 as by default,
// for batches that touch the same pages again and again.
constexpr const char* lock_pragmas = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF";
constexpr const char* running_pragmas =
  "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; "
  "PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = FILE";

result<std::int64_t> schema_version(database& file) {
  const auto id = file.integer_of("PRAGMA application_id");
  if (!id) return id.error();
  const auto tables = file.integer_of("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*tables == 0) return 0;
  if (*id != application_id)
    return error{"not a store", file.path(), "name another --store: this is some other program's SQLite database"};
  return file.integer_of("PRAGMA user_version");
}

result<void> use_write_ahead_log(database& file) {
  auto mode = file.prepare("PRAGMA journal_mode = WAL");
  if (!mode) return mode.error();
  auto row = mode->step();
  if (!row) return row.error();
  if (*row && mode->text(0) == "wal") return {};
  return error{"the store cannot have a write-ahead log there", file.path(), "name a file on a local disk"};
}

result<void> migrate(database& file, std::size_t from) {
  for (std::size_t version = from; version < migrations().size(); ++version) {
    auto step = transaction::begin(file);
    if (!step) return step.error();
    for (const std::string& sql :
         {std::string(migrations()[version]), "PRAGMA application_id = " + std::to_string(application_id),
          "PRAGMA user_version = " + std::to_string(version + 1)})
      if (auto done = file.execute(sql); !done) return done;
    if (auto done = step->commit(); !done) return done;
  }
  return {};
}

} // namespace

result<void> prepare_schema(database& file) {
  if (file.is_read_only())
    return error{"store is read-only", file.path(), "make the file and its folder writable or name another --store"};
  if (auto done = file.execute(lock_pragmas); !done) return done;
  const auto version = schema_version(file);
  if (!version) return version.error();
  const auto newest = static_cast<std::int64_t>(migrations().size());
  if (*version > newest)
    return error{"store was written by a newer chainring (schema " + std::to_string(*version) + ", this one knows " +
                   std::to_string(newest) + ")",
                 file.path(), "use that version or a newer one"};
  if (*version < 0) return error{"store is damaged", file.path(), "restore a backup: its schema version is negative"};
  if (auto done = use_write_ahead_log(file); !done) return done;
  if (auto done = file.execute(running_pragmas); !done) return done;
  // Takes the lock at once, also in a store that is already in its final form.
  if (auto done = file.execute("BEGIN EXCLUSIVE; COMMIT"); !done) return done;
  return migrate(file, static_cast<std::size_t>(*version));
}

} // namespace chainring::dialer::sqlite
