// The chat that does not freeze: picture and keyboard are waited for at the same time.

#include <chrono>

#include <aio/aio.hpp>

#include "chat.hpp"

// [chat]
aio::Coro<> load_picture() {
  co_await aio::sleep(1s);
  show_picture();
}

aio::Coro<> show_messages() {
  for (const Message& message : keyboard) {
    co_await aio::sleep(until_typed(message));
    show(message);
  }
}

aio::Coro<> chat() { co_await aio::gather(load_picture(), show_messages()); }

int main() { aio::run(chat()); }
// [/chat]
