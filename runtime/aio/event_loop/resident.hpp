#pragma once
// What a loop keeps: a Resident lives on it until it has finished, an Attachment as long as the
// loop itself.

#include <coroutine>
#include <source_location>
#include <string>
#include <string_view>

#include <aio/support/list.hpp>

namespace aio {

class EventLoop;

struct ResidentTag {};

/// What lives on the loop until it has finished, e.g. a task. A loop that is closed evicts those
/// that have not.
class Resident : public Link<ResidentTag> {
 public:
  virtual void evict() noexcept = 0;
  /// For reports: what this is, and what it waits for.
  virtual std::string describe() const = 0;

  /// " (made at server.cpp:31)", or nothing when that is not known.
  std::string place() const;

  std::source_location made_at;  // line 0: nobody knows

 protected:
  ~Resident() = default;
};

inline std::string Resident::place() const {
  if (made_at.line() == 0) return "";
  const std::string_view path = made_at.file_name();
  return " (made at " + std::string(path.substr(path.rfind('/') + 1)) + ":" +
         std::to_string(made_at.line()) + ")";
}

namespace detail {

/// Texts for reports: what lives on a loop, a line each, which begins with a newline and is
/// indented by two blanks or more. Lesson 07 puts others here, which know who waits for whom.
using TellResidents = std::string (*)(const EventLoop& loop);
std::string tell_residents_in_order(const EventLoop& loop);
struct ResidentTellers {
  TellResidents shortly = tell_residents_in_order;
  TellResidents as_tree = tell_residents_in_order, as_table = tell_residents_in_order;
};
inline constinit ResidentTellers tell_residents{};

/// " in load(int)": the coroutine in which a task waits. Null until debug mode is there, which
/// knows names; nothing when it is one of the runtime's.
using TellWhereItWaits = std::string (*)(const EventLoop& loop, std::coroutine_handle<> coroutine);
inline constinit TellWhereItWaits tell_where_it_waits = nullptr;

}  // namespace detail

/// What lives as long as its loop, e.g. threads that work for it.
struct Attachment {
  virtual ~Attachment() = default;
};

}  // namespace aio
