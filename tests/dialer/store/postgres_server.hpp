// postgres_server.hpp: a real PostgreSQL server of the test program's own: in a scratch folder, on a Unix socket, started at its
// first use and gone with the program; a schema for each store.
#pragma once

#include <memory>
#include <string>

#include <sys/types.h>

#include "tests/dialer/store_contract.hpp"

class postgres_server {
 public:
  /// The one of this program; fails the test when the machine has no PostgreSQL.
  static postgres_server& shared();
  /// A server by itself, with its settings as postgresql.conf has them.
  explicit postgres_server(const std::string& settings = "");
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;
  ~postgres_server();

  /// libpq's URI; of a schema if one is named, by another socket's folder if one is given.
  std::string uri(const std::string& schema = "", const std::string& by = "") const;
  const std::string& folder() const { return folder_; }
  /// A new schema, and its name.
  std::string make_schema();
  /// Runs SQL as some other program would; what it gives, columns by '|', rows by line ends.
  std::string sql(const std::string& text) const;
  /// As after kill -9 of the whole server, and until it is there again.
  void crash();
  void start();
  /// The process that works for the session.
  pid_t process() const { return process_; }

 private:
  std::string folder_;
  pid_t process_ = 0;
  int schemas_ = 0;
};

/// A store in a schema of its own.
class postgres_place : public store_place {
 public:
  explicit postgres_place(postgres_server& server = postgres_server::shared()) : server_(server), schema_(server.make_schema()) {}
  ~postgres_place() override { server_.sql("DROP SCHEMA " + schema_ + " CASCADE"); }
  chainring::result<std::unique_ptr<chainring::dialer::store>> open() override { return chainring::dialer::open_postgres(uri()); }
  std::string uri() const { return server_.uri(schema_); }
  const std::string& schema() const { return schema_; }
  postgres_server& server() const { return server_; }
  std::string sql(const std::string& text) { return server_.sql("SET search_path = " + schema_ + "; " + text); }

 private:
  postgres_server& server_;
  std::string schema_;
};
