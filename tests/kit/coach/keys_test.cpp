// Keys: what the bytes of a terminal mean, in whatever pieces they arrive.

#include "keys.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace coach {

void PrintTo(const Key& key, std::ostream* out) {
  *out << "key " << static_cast<int>(key.name) << " '" << key.letter << "'";
}

}  // namespace coach

namespace {

using coach::Key;
using coach::KeyDecoder;
using Keys = std::vector<Key>;
using Name = Key::Name;

Key letter(char c) { return Key{Name::letter, c}; }

Keys decoded(std::string_view bytes) { return KeyDecoder().decode(bytes); }

TEST(KeysTest, LettersAreThemselves) {
  EXPECT_EQ(decoded("h?/ ~"),
            (Keys{letter('h'), letter('?'), letter('/'), letter(' '), letter('~')}));
}

TEST(KeysTest, EnterAndBackspaceHaveTwoBytesEach) {
  EXPECT_EQ(decoded("\r\n"), (Keys{{Name::enter}, {Name::enter}}));
  EXPECT_EQ(decoded("\x7f\b"), (Keys{{Name::backspace}, {Name::backspace}}));
}

TEST(KeysTest, ArrowsOfBothKindsOfTerminals) {
  EXPECT_EQ(decoded("\x1b[A\x1b[B"), (Keys{{Name::up}, {Name::down}}));
  EXPECT_EQ(decoded("\x1bOA\x1bOB"), (Keys{{Name::up}, {Name::down}}));
}

TEST(KeysTest, HomeAndEndHaveManySequences) {
  for (const char* home : {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"}) {
    EXPECT_EQ(decoded(home), Keys{{Name::home}}) << home + 1;
  }
  for (const char* end : {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"}) {
    EXPECT_EQ(decoded(end), Keys{{Name::end}}) << end + 1;
  }
  EXPECT_EQ(decoded("\x1b[5~\x1b[6~"), (Keys{{Name::page_up}, {Name::page_down}}));
}

TEST(KeysTest, ASequenceThatMeansNothingHereIsSwallowedWhole) {
  EXPECT_EQ(decoded("\x1b[15~q"), Keys{letter('q')});            // F5
  EXPECT_EQ(decoded("\x1b[1;5Cq"), Keys{letter('q')});           // Ctrl and an arrow
  EXPECT_EQ(decoded("\x1b[C\x1b[D\x1bOPq"), Keys{letter('q')});  // right, left, F1
}

TEST(KeysTest, ControlBytesAndOtherAlphabetsMeanNothing) {
  EXPECT_EQ(decoded("\x01\tq"), Keys{letter('q')});
  EXPECT_EQ(decoded("\xc3\xa4q"), Keys{letter('q')});  // an a with two dots
}

TEST(KeysTest, ASequenceMayComeInPieces) {
  KeyDecoder decoder;
  for (const char* piece : {"\x1b", "[", "6"}) {
    EXPECT_EQ(decoder.decode(piece), Keys{});
    EXPECT_TRUE(decoder.undecided());
  }
  EXPECT_EQ(decoder.decode("~n"), (Keys{{Name::page_down}, letter('n')}));
  EXPECT_FALSE(decoder.undecided());
}

TEST(KeysTest, ALoneEscapeIsTheKeyOnceNothingFollows) {
  KeyDecoder decoder;
  EXPECT_EQ(decoder.decode("\x1b"), Keys{});
  EXPECT_TRUE(decoder.undecided());
  EXPECT_EQ(decoder.decide(), Keys{{Name::escape}});
  EXPECT_FALSE(decoder.undecided());
  EXPECT_EQ(decoder.decide(), Keys{});
}

TEST(KeysTest, EscapeAndALetterAreTwoKeys) {
  EXPECT_EQ(decoded("\x1bq"), (Keys{{Name::escape}, letter('q')}));
}

TEST(KeysTest, EscapeTwiceIsEscapeAndMaybeMore) {
  KeyDecoder decoder;
  EXPECT_EQ(decoder.decode("\x1b\x1b"), Keys{{Name::escape}});
  EXPECT_EQ(decoder.decide(), Keys{{Name::escape}});
}

}  // namespace
