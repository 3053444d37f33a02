// store_backups_test.cpp: what names the file of a backup in a query, and what does not.
#include "actors/node/store_backups.hpp"

#include "tests/catch.hpp"

using namespace chainring::actors;

TEST_CASE("a query names the file of a backup", "[backup]") {
  const auto path = [](std::string_view query) {
    auto got = backup_path_of(query);
    return got ? *got : "refused: " + got.error().what;
  };
  CHECK(path("to=/var/backups/a.db") == "/var/backups/a.db");
  CHECK(path("to=%2Fvar%2fa%20b%25.db") == "/var/a b%.db");
  CHECK(path("to=/a+b.db") == "/a+b.db"); // a plus is a plus
  CHECK(path("to=/a%26b=c") == "/a&b=c");
  CHECK(path("to=/%C3%A4.db") == "/\xc3\xa4.db");
  CHECK(path("") == "refused: the query does not name the backup");
  CHECK(path("from=/a") == "refused: the query does not name the backup");
  CHECK(path("to=/a&to=/b") == "refused: the query names more than the backup");
  CHECK(path("to=/a%2") == "refused: the query is not percent-encoded rightly");
  CHECK(path("to=/a%zz") == "refused: the query is not percent-encoded rightly");
  CHECK(path("to=") == "refused: the path is not absolute");
  CHECK(path("to=a.db") == "refused: the path is not absolute");
  CHECK(path("to=..%2fa.db") == "refused: the path is not absolute");
  CHECK(path("to=/a%00b") == "refused: the path has control characters");
  CHECK(path("to=/a%0ab") == "refused: the path has control characters");
}
