// open.cpp: the one place that knows all kinds of stores.
#include "dialer/store/open.hpp"

#include "dialer/store/postgres/server_uri.hpp"

namespace chainring::dialer {

bool is_on_server(const std::string& where) { return postgres::is_server_uri(where); }

std::string shown_store(const std::string& where) { return is_on_server(where) ? postgres::without_password(where) : where; }

result<std::unique_ptr<store>> open_store(const std::string& where, durability promised) {
  return is_on_server(where) ? open_postgres(where, promised) : open_sqlite(where, promised);
}

} // namespace chainring::dialer
