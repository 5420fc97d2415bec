// Exercise fix-13b. Check it with: ./learn check fix-13b
// fix-13b: a client that keeps its connection for the next question.

#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

#include "asker.hpp"

aio::Coro<std::string> Asker::ask(std::string target) {
  if (!kept_) kept_ = co_await connect_();
  const Head head = co_await question(*kept_, std::move(target));
  co_return co_await kept_->read_exactly(head.length);
}

aio::Coro<bool> Asker::exists(std::string target) {
  if (!kept_) kept_ = co_await connect_();
  const Head head = co_await question(*kept_, std::move(target));
  co_return head.status < 400;
}
