// The SQLite store: the contract, and what only a file can meet: a second process, a full disk, damage, kill -9.
#include <fstream>

#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

class sqlite_place final : public store_place {
 public:
  chainring::result<std::unique_ptr<store>> open() override { return open_sqlite(file()); }
  std::string file() const { return scratch_.file("people.db"); }

 private:
  scratch_folder scratch_;
};

} // namespace

TEST_CASE("SQLite keeps the store contract") {
  for (const contract_case& promise : store_contract()) {
    DYNAMIC_SECTION(promise.name) {
      sqlite_place place;
      promise.run(place);
    }
  }
}
