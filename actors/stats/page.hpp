// page.hpp: the page of the stats endpoint, as it stands in actors/stats/page/.
#pragma once

#include <string_view>

namespace chainring::actors {

struct page_texts {
  std::string_view html, style, script;
};
extern const page_texts page;

} // namespace chainring::actors
