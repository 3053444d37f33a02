// one_campaign.hpp: the configuration of a node with one campaign over one list, whose files are in a folder of the test's own.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "actors/node/configuration.hpp"
#include "tests/actors/scratch.hpp"

namespace chainring::actors::testing {

/// Campaign and list "people" of so many chains of one record that may be called at any hour, the treatment, no statistics, and the
/// trunk "sim" with its defaults.
inline configuration one_campaign(const tests::scratch& folder, std::string_view treatment, int chains) {
  folder.write("t.scxml", treatment);
  std::ofstream csv(folder.path / "people.csv");
  csv << "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_dbid\n";
  for (int i = 1; i <= chains; ++i) csv << i << ',' << i << ",1,1555" << i << ",0,86400,122\n";
  configuration c;
  c.node.treatment_roots = {folder.path.string()};
  c.stats.enabled = false;
  c.store.path = (folder.path / "people.db").string();
  dialer::simulated_options sim;
  sim.name = "sim";
  c.trunks = {sim};
  list_settings list;
  list.name = "people";
  list.csv = (folder.path / "people.csv").string();
  c.lists = {list};
  campaign_settings campaign;
  campaign.name = "people";
  campaign.lists = {"people"};
  campaign.treatment_uri = "file://" + (folder.path / "t.scxml").string();
  c.campaigns = {campaign};
  return c;
}

} // namespace chainring::actors::testing
