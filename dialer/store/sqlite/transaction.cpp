// transaction.cpp: BEGIN IMMEDIATE, COMMIT, ROLLBACK.
#include "dialer/store/sqlite/transaction.hpp"

namespace chainring::dialer::sqlite {

namespace {

result<void> run(database& owner, std::string_view sql) {
  auto prepared = owner.prepare(sql);
  if (!prepared) return prepared.error();
  return prepared->run();
}

} // namespace

result<transaction> transaction::begin(database& owner) {
  if (auto begun = run(owner, "BEGIN IMMEDIATE"); !begun) return begun.error();
  return transaction(owner);
}

transaction::~transaction() {
  // The library may have rolled back by itself, after a full disk for one; a second ROLLBACK would only complain.
  if (owner_ != nullptr && owner_->in_transaction()) (void)run(*owner_, "ROLLBACK").ok();
}

result<void> transaction::commit() {
  if (auto committed = run(*owner_, "COMMIT"); !committed) return committed;
  owner_ = nullptr;
  return {};
}

} // namespace chainring::dialer::sqlite
