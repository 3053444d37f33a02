// gate.hpp: what threads wait for until a test lets them go on.
#pragma once

#include <future>

namespace chainring::tests {

/// Copies are of one gate.
class gate {
 public:
  void wait() const { opened_.wait(); }
  void open() const { promise_->set_value(); }

 private:
  std::shared_ptr<std::promise<void>> promise_ = std::make_shared<std::promise<void>>();
  std::shared_future<void> opened_{promise_->get_future()};
};

} // namespace chainring::tests
