#pragma once
// Exercise fix-11b: lines go in at one end, and come out in capitals at the other.

#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/queue.hpp>

class Pipeline {
 public:
  /// `room` lines may wait before the stage in the middle, and as many behind it.
  explicit Pipeline(long room) : in_(room), out_(room) {}

  /// Sends all lines through, and gives what comes out, in order. Call it once. Nothing of it goes
  /// on when it has ended, in whatever way.
  aio::Coro<std::vector<std::string>> work(std::vector<std::string> lines);

 private:
  aio::Coro<> put_all(std::vector<std::string> lines);
  aio::Coro<> capitals();
  aio::Coro<std::vector<std::string>> get_all();

  aio::Queue<std::string> in_, out_;
};
