// Callables and arguments of what is awaited, by a compiler that destroys some of them twice. One
// that does not takes them all.
#include <aio/threads.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>

struct Named {
  std::string text;
};

std::size_t size_of(const Named& named) { return named.text.size(); }

aio::Coro<> body(std::shared_ptr<int> shared) {
#if CASE == 1  // refused: give this callable a name before the co_await expression
  co_await aio::to_thread([shared] { ++*shared; });
#elif CASE == 2  // refused: auto call = [...] {...}; co_await f(call);
  co_await aio::to_thread([text = std::string("x")] { return text.size(); });
#elif CASE == 3  // refused: give this callable a name before the co_await expression
  co_await aio::to_thread(size_of, Named{"an aggregate"});
#elif CASE == 4  // fine
  const auto call = [shared] { ++*shared; };
  co_await aio::to_thread(call);
#elif CASE == 5  // fine
  co_await aio::to_thread([&shared] { ++*shared; });
#elif CASE == 6  // fine
  std::move_only_function<int()> call = [own = std::make_unique<int>(1)] { return *own; };
  co_await aio::to_thread(std::move(call));
#elif CASE == 7  // fine
  co_await aio::to_thread([](std::string s) { return s; }, std::string(100, 'z'));
#endif
  co_return;
}
