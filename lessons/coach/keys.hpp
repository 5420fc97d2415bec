#pragma once
// What the learner types: bytes become keys, also those that come as an escape sequence.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <aio/event_loop.hpp>

namespace coach {

struct Key {
  enum class Name {
    letter,
    enter,
    escape,
    backspace,
    up,
    down,
    page_up,
    page_down,
    home,
    end,
    hang_up  // there is nobody at the terminal any more
  };
  Name name = Name::letter;
  char letter = '\0';

  bool operator==(const Key&) const = default;
};

/// Takes bytes as they arrive; an escape sequence may come in pieces.
class KeyDecoder {
 public:
  std::vector<Key> decode(std::string_view bytes);
  /// A lone escape may be the key, or the beginning of a sequence: only time can tell.
  bool undecided() const { return !pending_.empty(); }
  /// Nothing came: what is pending was the escape key.
  std::vector<Key> decide();

 private:
  std::string pending_;
};

/// Reads standard input on the running loop.
class Keyboard {
 public:
  explicit Keyboard(std::function<void(Key)> on_key);
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;
  ~Keyboard() { pause(); }

  /// Leaves the input to somebody else, e.g. an editor.
  void pause();
  void resume();

 private:
  void read_some();
  void deliver(const std::vector<Key>& keys);

  std::function<void(Key)> on_key_;
  aio::EventLoop& loop_;
  KeyDecoder decoder_;
  std::optional<aio::TimerHandle> patience_;  // runs while the decoder is undecided
};

}  // namespace coach
