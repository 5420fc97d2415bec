#pragma once
// Who looks at an exercise hears of every check: a save in the editor is told to the page at once.

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <aio/queue.hpp>
#include <checker.hpp>
#include <http/event_stream.hpp>

#include "exercises.hpp"

namespace book {

/// The exercises that somebody looks at, each with a checker. Those who look keep it, since a
/// server that is shut down may go before the last of them has ended.
class Following : public std::enable_shared_from_this<Following> {
 public:
  explicit Following(const coach::Desk& desk) : desk_(desk) {}
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  /// Events about a place, to one page, until it goes: "standing", with HTML of what has changed.
  http::Response events(const coach::Place& place);
  /// Checks again, if somebody looks.
  void check(const coach::Place& place);

 private:
  struct Watched;
  class Seat;

  static aio::Coro<> tell(std::shared_ptr<Following> self, coach::Place place,
                          http::BodyWriter body);
  std::shared_ptr<Watched> watched(const coach::Place& place);
  void leave(Watched& watched);
  static aio::Coro<> close(std::shared_ptr<Watched> watched);
  static std::string key_of(const coach::Place& place);

  coach::Desk desk_;
  std::map<std::string, std::shared_ptr<Watched>> watched_;  // by lesson, or by small exercise
};

}  // namespace book
