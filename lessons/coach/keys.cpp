#include "keys.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <unistd.h>

namespace coach {

namespace {

using namespace std::chrono_literals;
using Name = Key::Name;

constexpr char escape = '\x1b';
constexpr auto patience = 50ms;  // the rest of a sequence follows at once

struct Sequence {
  std::string_view bytes;  // after the escape and '[' or 'O'
  Name name;
};
constexpr std::array sequences{Sequence{"A", Name::up},       Sequence{"B", Name::down},
                               Sequence{"H", Name::home},     Sequence{"F", Name::end},
                               Sequence{"1~", Name::home},    Sequence{"7~", Name::home},
                               Sequence{"4~", Name::end},     Sequence{"8~", Name::end},
                               Sequence{"5~", Name::page_up}, Sequence{"6~", Name::page_down}};

struct Decoded {
  std::optional<Key> key;  // none: a key that means nothing here
  std::size_t used = 0;    // 0: the sequence is not complete
};

Decoded decode_sequence(std::string_view bytes) {
  if (bytes.size() == 1) return {};
  if (bytes[1] != '[' && bytes[1] != 'O') return {Key{Name::escape}, 1};
  const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
  const auto* const last = std::ranges::find_if(bytes.substr(2), is_final);
  if (last == bytes.end()) return {};
  const std::string_view body = bytes.substr(2, static_cast<std::size_t>(last - bytes.begin()) - 1);
  const auto* const known = std::ranges::find(sequences, body, &Sequence::bytes);
  const std::size_t used = 2 + body.size();
  if (known == sequences.end()) return {std::nullopt, used};
  return {Key{known->name}, used};
}

Decoded decode_first(std::string_view bytes) {
  const char first = bytes.front();
  if (first == escape) return decode_sequence(bytes);
  if (first == '\n' || first == '\r') return {Key{Name::enter}, 1};
  if (first == '\x7f' || first == '\b') return {Key{Name::backspace}, 1};
  if (first >= ' ' && first <= '~') return {Key{Name::letter, first}, 1};
  return {std::nullopt, 1};
}

}  // namespace

std::vector<Key> KeyDecoder::decode(std::string_view bytes) {
  pending_ += bytes;
  std::vector<Key> keys;
  while (!pending_.empty()) {
    const auto [key, used] = decode_first(pending_);
    if (used == 0) break;
    pending_.erase(0, used);
    if (key) keys.push_back(*key);
  }
  return keys;
}

std::vector<Key> KeyDecoder::decide() {
  if (std::exchange(pending_, {}).empty()) return {};
  return {Key{Name::escape}};
}

Keyboard::Keyboard(std::function<void(Key)> on_key)
    : on_key_(std::move(on_key)), loop_(aio::running_loop()) {
  resume();
}

void Keyboard::pause() {
  loop_.remove_reader(STDIN_FILENO);
  if (patience_) patience_->cancel();
}

void Keyboard::resume() {
  loop_.add_reader(STDIN_FILENO, [this] { read_some(); });
}

void Keyboard::read_some() {
  std::array<char, 256> buffer;
  const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (got == -1 && errno == EINTR) return;
  if (got <= 0) {
    pause();
    return deliver({Key{Name::hang_up}});
  }
  if (patience_) patience_->cancel();
  deliver(decoder_.decode({buffer.data(), static_cast<std::size_t>(got)}));
  if (decoder_.undecided()) {
    patience_ = loop_.call_later(patience, [this] { deliver(decoder_.decide()); });
  }
}

void Keyboard::deliver(const std::vector<Key>& keys) {
  for (const Key key : keys) on_key_(key);
}

}  // namespace coach
