// view.hpp: a store in a file to be looked through. Nobody else can write to it, so it stands still by itself.
#pragma once

#include <memory>

#include "dialer/store/sqlite/database.hpp"
#include "dialer/store/store_view.hpp"

namespace chainring::dialer::sqlite {

std::unique_ptr<store_view> view_of(database& file);

} // namespace chainring::dialer::sqlite
