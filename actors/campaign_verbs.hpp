// campaign_verbs.hpp: the words of campaign orders, as the API has them: POST /api/v1/campaigns/{name}/{word}.
#pragma once

#include <string>
#include <utility>

#include "actors/protocols.hpp"

namespace chainring::actors {

inline constexpr std::pair<const char*, campaign_order::verb> campaign_verbs[] = {
    {"load", campaign_order::verb::load},
    {"start", campaign_order::verb::start},
    {"stop", campaign_order::verb::stop},
    {"unload", campaign_order::verb::unload},
    {"force-unload", campaign_order::verb::force_unload},
};

inline std::string order_route(const char* word) { return std::string{"/api/v1/campaigns/{name}/"} + word; }

} // namespace chainring::actors
