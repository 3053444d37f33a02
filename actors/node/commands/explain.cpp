// explain.cpp: asks a node, or reads a store.
#include "actors/node/commands/explain.hpp"

#include <cstdio>
#include <iostream>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "actors/http/get.hpp"
#include "actors/node/commands/common.hpp"
#include "actors/node/commands/process.hpp"
#include "actors/node/explanation.hpp"
#include "actors/node/options.hpp"

namespace chainring::actors {

namespace {

result<std::string> ask_node(const explain_command& wanted) {
  auto where = wanted.node.url + "/api/v1/records/" + std::to_string(wanted.record_id) + "/explanation";
  if (!wanted.list.empty()) where += "?list=" + boost::urls::encode(wanted.list, boost::urls::unreserved_chars);
  return http_get(where, wanted.node.token);
}

result<std::string> read_store(const explain_command& wanted) {
  auto settings = settings_or_complain(wanted.config, std::cerr);
  if (!settings) return error{};
  auto zones = mapped_zones(*settings);
  if (!zones) return std::move(zones).error();
  auto store = open_existing_store(store_path(wanted.store, *settings));
  if (!store && store.error().what.find("in use") != std::string::npos)
    return error{store.error().what, store.error().where, "ask the node that has it: --url " + default_url()};
  if (!store) return std::move(store).error();
  dialer::do_not_call_list no_calls;
  if (auto read = (*store)->do_not_call(
          [&](dialer::store::dnc_kind kind, std::string_view text) { no_calls.add(kind, text); });
      !read)
    return std::move(read).error();
  explanation_terms terms{.zones = *zones, .no_calls = no_calls};
  terms.customer_column = settings->do_not_call.customer_id;
  terms.now_ms = wall_ms();
  terms.redial_gaps_ms = settings->redial_gaps_ms();
  const record_wanted record{wanted.record_id, wanted.list};
  const auto facts = facts_of(**store, record);
  if (!facts) return facts.error();
  if (facts->empty()) return no_such_record(record);
  return explain(*facts, terms);
}

} // namespace

int explain(const explain_command& wanted) {
  auto text = wanted.node.url.empty() ? read_store(wanted) : ask_node(wanted);
  if (!text) return text.error().what.empty() ? exit_failed : failed(text.error()); // all has been said
  std::fputs(text->c_str(), stdout);
  return 0;
}

} // namespace chainring::actors
