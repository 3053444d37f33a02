// document_desk.cpp: one request per document, however many lanes wait for it.
#include "actors/document_desk.hpp"

#include <caf/send.hpp>

namespace chainring::actors {

caf::behavior document_desk::make_behavior() {
  return counted([this](want_document& wanted) { ask(wanted); });
}

void document_desk::ask(want_document& wanted) {
  auto& others = waiting_[wanted.uri];
  others.push_back(wanted);
  if (others.size() > 1) return;
  request(fetchers_.at(wanted.uri), caf::infinite, fetch{wanted.uri, wanted.token})
      .then(
          [this, uri = wanted.uri](fetched& f) {
            if (f.document) arrived(uri, std::move(f.document));
            else arrived(uri, std::move(f.problem));
          },
          [this, uri = wanted.uri](caf::error&) {
            arrived(uri, error{"the document was not fetched: the node stops", uri, "start it again"});
          });
}

void document_desk::arrived(const std::string& uri, const result<std::shared_ptr<const scxml::document>>& document) {
  const auto found = waiting_.extract(uri);
  for (auto& one : found.mapped())
    caf::anon_send(one.lane, document_arrived{uri, document, one.token});
}

} // namespace chainring::actors
