// document_desk.hpp: asks fetchers for the documents that chains invoke: lean actors cannot await an answer. One per node.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include <caf/event_based_actor.hpp>

#include "actors/fetcher.hpp"
#include "actors/protocols.hpp"

namespace chainring::actors {

class document_desk final : public caf::event_based_actor {
 public:
  /// `from` outlives the actor.
  document_desk(caf::actor_config& cfg, fetchers& from) : caf::event_based_actor(cfg), fetchers_(from) {}
  const char* name() const override { return "document_desk"; }
  caf::behavior make_behavior() override;

 private:
  void ask(want_document& wanted);
  void arrived(const std::string& uri, const result<std::shared_ptr<const scxml::document>>& document);

  fetchers& fetchers_;
  std::unordered_map<std::string, std::vector<want_document>> waiting_; // by URI; bounded by the sessions of live chains
};

} // namespace chainring::actors
