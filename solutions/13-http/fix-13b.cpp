// fix-13b: a client that keeps its connection for the next question.

#include <optional>
#include <string>
#include <utility>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

#include "asker.hpp"

//: fix-13b now
aio::Coro<std::string> Asker::ask(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  std::string body = co_await stream->read_exactly(head.length);
  if (!head.closes) kept_ = std::move(stream);
  co_return body;
}
//: fix-13b was
// aio::Coro<std::string> Asker::ask(std::string target) {
//   if (!kept_) kept_ = co_await connect_();
//   const Head head = co_await question(*kept_, std::move(target));
//   co_return co_await kept_->read_exactly(head.length);
// }
//: fix-13b end

//: fix-13b now
aio::Coro<bool> Asker::exists(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  if (!head.closes && head.length == 0) kept_ = std::move(stream);
  co_return head.status < 400;
}
//: fix-13b was
// aio::Coro<bool> Asker::exists(std::string target) {
//   if (!kept_) kept_ = co_await connect_();
//   const Head head = co_await question(*kept_, std::move(target));
//   co_return head.status < 400;
// }
//: fix-13b end
