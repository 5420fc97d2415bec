#pragma once
// A chat window for the programs frozen_chat and chat: what its user types, and what it shows.

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

inline const auto opened = std::chrono::steady_clock::now();

inline std::chrono::nanoseconds since_opening() {
  return std::chrono::steady_clock::now() - opened;
}

struct Message {
  std::chrono::milliseconds typed;  // how long after the window was opened
  const char* text;
};

inline constexpr Message keyboard[] = {{200ms, "hello"}, {400ms, "are you there?"}, {800ms, "?"}};

/// How long it takes until the message is typed; negative when it has been typed already.
inline std::chrono::nanoseconds until_typed(const Message& message) {
  return message.typed - since_opening();
}

inline double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

inline void show_picture() {
  std::printf("%.1f s  the picture of Ann\n", seconds(since_opening()));
}

inline void show(const Message& message) {
  std::printf("%.1f s  %-15s (typed at %.1f s)\n", seconds(since_opening()), message.text,
              seconds(message.typed));
}
