#pragma once
// What a fuzzer gives: bytes, and where they are cut. Whatever is made of them must not depend on
// that, so each input is tried twice, whole and in pieces.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "support/iterations.hpp"

namespace fuzz {

/// The first two bytes are about the others.
struct Input {
  Input(const std::uint8_t* data, std::size_t size)
      : choice(size > 0 ? data[0] : 0), seed(size > 1 ? data[1] : 0) {
    const std::size_t own = std::min<std::size_t>(size, 2);
    bytes.assign(reinterpret_cast<const char*>(data) + own, size - own);
  }
  std::uint8_t choice, seed;
  std::string bytes;
};

using Pieces = std::vector<std::string_view>;

inline Pieces whole(const Input& input) { return {input.bytes}; }

/// Short ones, for the most part.
inline Pieces cut(const Input& input) {
  std::mt19937 random(input.seed);
  Pieces pieces;
  std::string_view rest = input.bytes;
  while (!rest.empty()) {
    const std::size_t longest = random() % 4 == 0 ? 200 : 8;
    const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random() % longest);
    pieces.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return pieces;
}

/// Sends them one by one, and lets the other side take each; then nothing more.
inline aio::Coro<> send(aio::Stream& stream, Pieces pieces) {
  try {
    for (const std::string_view piece : pieces) {
      co_await stream.write_all(piece);
      co_await tests::iterations(3);
    }
    if (!stream.is_closing()) stream.write_eof();
  } catch (const std::system_error&) {  // the other side has closed
  }
}

/// Runs it on virtual time.
template <class T>
T run(aio::Coro<T> coro) {
  aio::VirtualClock clock;
  aio::EventLoop::Options options;
  options.clock = &clock;
  return aio::run(std::move(coro), options);
}

/// Both must be the same.
inline void compare(const std::string& at_once, const std::string& in_pieces) {
  if (at_once == in_pieces) return;
  std::fprintf(stderr, "at once:\n%s\n\nin pieces:\n%s\n", at_once.c_str(), in_pieces.c_str());
  std::abort();
}

}  // namespace fuzz
