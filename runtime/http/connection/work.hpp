#pragma once
// What a connection needs while it has a message in hand: a parser and buffers. Those that have
// none lend it to others, so that an idle connection costs little, and a busy one allocates
// nothing.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <http/connection/parser.hpp>
#include <http/message.hpp>

namespace http::detail {

/// A parser and buffers.
struct Work {
  std::string_view unread() const { return std::string_view(input).substr(taken); }
  void clear();

  Parser parser;
  std::string input;      // what has come,
  std::size_t taken = 0;  // and how much of it has been parsed
  std::string output;     // what is to be sent
  Request request;        // nobody's: its strings have room
};

/// Buffers that were large once are not kept.
inline void Work::clear() {
  static constexpr std::size_t large = 16 * 1024;
  input.clear();
  taken = 0;
  output.clear();
  if (output.capacity() > large) output = {};
  if (request.headers.text().capacity() > large) request = {};
}

/// Gives work out, and takes it back; one for each thread.
class WorkPool {
 public:
  static std::unique_ptr<Work> take() {
    std::vector<std::unique_ptr<Work>>& spare = mine();
    if (spare.empty()) return std::make_unique<Work>();
    std::unique_ptr<Work> work = std::move(spare.back());
    spare.pop_back();
    return work;
  }
  static void give_back(std::unique_ptr<Work> work) {
    if (mine().size() >= most) return;
    work->clear();
    mine().push_back(std::move(work));
  }

 private:
  static constexpr std::size_t most = 64;
  static std::vector<std::unique_ptr<Work>>& mine() {
    static thread_local std::vector<std::unique_ptr<Work>> spare;
    return spare;
  }
};

}  // namespace http::detail
