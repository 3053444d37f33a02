// transaction.hpp: all of it or nothing: rolled back unless committed.
#pragma once

#include "dialer/store/sqlite/database.hpp"

namespace chainring::dialer::sqlite {

class transaction {
 public:
  static result<transaction> begin(database& owner);
  transaction(transaction&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
  transaction& operator=(transaction&&) = delete;
  ~transaction();

  /// Durable when it returns without an error; else nothing of it is stored.
  result<void> commit();

 private:
  explicit transaction(database& owner) : owner_(&owner) {}
  database* owner_; // null: committed
};

} // namespace chainring::dialer::sqlite
