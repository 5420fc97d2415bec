// A chat that freezes: while it loads a picture, it shows nothing of what its user types.

#include <chrono>
#include <thread>

#include "chat.hpp"

// [chat]
void load_picture() {
  std::this_thread::sleep_for(1s);  // stands for: ask another machine, wait for its answer
  show_picture();
}

void show_messages() {
  for (const Message& message : keyboard) {
    std::this_thread::sleep_for(until_typed(message));
    show(message);
  }
}

int main() {
  load_picture();
  show_messages();
}
// [/chat]
