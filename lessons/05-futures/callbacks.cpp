// Predict: in which order does this print?

#include <cstdio>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

// [breakfast]
aio::EventLoop loop;
const aio::Future<int> tea(loop);
const aio::Future<> toast(loop);
aio::CallbackId whistle, drink;

void pour(const aio::Future<int>& done) {
  std::printf("pour %d cups\n", done.result());
  toast.cancel();
  std::printf("removed %d\n", int(tea.remove_done_callback(drink)));
  tea.add_done_callback([](auto&) { std::puts("sugar"); });
}

int main() {
  tea.add_done_callback(pour);
  whistle = tea.add_done_callback([](auto&) { std::puts("whistle"); });
  drink = tea.add_done_callback([](auto&) { std::puts("drink"); });
  toast.add_done_callback([](auto& done) { std::puts(done.cancelled() ? "no toast" : "toast"); });
  std::printf("removed %d\n", int(tea.remove_done_callback(whistle)));

  loop.call_soon([] { std::puts("news"); });
  tea.set_result(2);
  std::puts("the water boils");
  loop.call_soon([] { std::puts("music"); });

  loop.run_once();
  std::puts("--");
  loop.run_once();
}
// [/breakfast]
