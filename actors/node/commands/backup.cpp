// backup.cpp: copies a store, or asks a node to, and waits for it.
#include "actors/node/commands/backup.hpp"

#include <chrono>
#include <thread>

#include <boost/json.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "actors/http/get.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/node_answer.hpp"
#include "actors/node/commands/process.hpp"
#include "dialer/store/open.hpp"
#include "dialer/store/store_copy.hpp"

namespace chainring::actors {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds between_looks{100};

/// All that the API says of backups is an object.
result<json::value> object_of(result<json::value> told, const std::string& url) {
  if (told && !told->is_object()) return no_node(url);
  return told;
}

result<void> ask_node(const backup_command& wanted) {
  if (!wanted.file.starts_with('/'))
    return error{"the path is not absolute", wanted.file, "give the whole path: it is one of the node's machine"};
  const auto path = boost::urls::encode(wanted.file, boost::urls::unreserved_chars);
  const auto begun = http_post(wanted.node.url + "/api/v1/backup?to=" + path, wanted.node.token);
  if (!begun) return begun.error();
  auto told = object_of(json_of(begun->body, wanted.node.url), wanted.node.url);
  if (!told) return std::move(told).error();
  if (begun->status != 202) return refusal_of(*told, begun->status, wanted.node.url);
  for (;;) {
    std::this_thread::sleep_for(between_looks);
    if (told = object_of(ask(wanted.node, "/api/v1/backup"), wanted.node.url); !told) return std::move(told).error();
    if (text_of(*told, "to") != wanted.file)
      return error{"another backup has been begun since", wanted.file, "look whether the file is there: then it is whole"};
    const auto state = text_of(*told, "state");
    if (state == "done") return {};
    if (state == "failed") return refusal_of(*told, 200, wanted.node.url);
  }
}

result<void> copy_store(const backup_command& wanted, std::ostream& err) {
  const auto settings = settings_or_complain(wanted.config, err);
  if (!settings) return error{};
  auto store = open_existing_store(store_path(wanted.store, *settings));
  if (!store && store.error().what.find("in use") != std::string::npos)
    return error{store.error().what, store.error().where, "let the node that has it make the backup: --url " + default_url()};
  if (!store) return std::move(store).error();
  return dialer::back_up(**store, wanted.file, wall_ms());
}

} // namespace

int run_backup(const backup_command& wanted, std::ostream& out, std::ostream& err) {
  const auto done = wanted.node.url.empty() ? copy_store(wanted, err) : ask_node(wanted);
  if (!done) {
    if (!done.error().what.empty()) complain(err, done.error()); // else all has been said
    return exit_failed;
  }
  out << "backed up: " << wanted.file << '\n';
  return exit_done;
}

} // namespace chainring::actors
