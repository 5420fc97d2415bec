// The generator's knife: which text is a function's body, and what a starter has in its place.

#include "tags.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mistake.hpp"

namespace {

using coach::cut;
using coach::find_tags;

bool nothing_done(const std::string&) { return false; }

/// The starter of one function, tagged 4.2 "do it".
std::string starter_of(const std::string& function) {
  return cut("//: 4.2 do it\n" + function + "\nint after;\n", nothing_done);
}

/// What starter_of() gives when the function's head is `head` and its body is found.
std::string todo_below(const std::string& head) {
  return "//: 4.2 do it\n" + head + "{\n  AIO_TODO(\"4.2\", \"do it\");\n}\nint after;\n";
}

std::string comment_below(const std::string& head) {
  return "//: 4.2 do it\n" + head + "{\n  // TODO 4.2: do it\n}\nint after;\n";
}

/// What a Mistake says, or "" if the source can be cut.
std::string complaint_about(const std::string& source) {
  try {
    cut(source, nothing_done);
    return "";
  } catch (const coach::Mistake& mistake) {
    return mistake.what();
  }
}

TEST(Tags, KnowTheirIdTextAndLine) {
  const auto tags = find_tags("int a;\n\n  //: 4.2 run what was ready\nvoid f() {}\n");
  ASSERT_EQ(tags.size(), 1U);
  EXPECT_EQ(tags[0].id, "4.2");
  EXPECT_EQ(tags[0].text, "run what was ready");
  EXPECT_EQ(tags[0].line, 3U);
}

TEST(Tags, DoNotIncludeTheMarkersOfFixes) {
  EXPECT_TRUE(find_tags("//: fix-4b now\n//: fix-4b was\n//: fix-4b end\n").empty());
}

TEST(Tags, AreNotSeenInsideOtherComments) {
  EXPECT_TRUE(find_tags("/// text //: 4.2 no tag\n// : 4.2 nor this\n").empty());
}

// ── bodies ──

struct Head {
  const char* name;
  const char* head;  // up to the body's brace
  const char* body;
};

void PrintTo(const Head& head, std::ostream* out) { *out << head.name; }

class Bodies : public testing::TestWithParam<Head> {};

TEST_P(Bodies, AreTakenOutWhole) {
  const Head& head = GetParam();
  EXPECT_EQ(starter_of(std::string(head.head) + head.body), todo_below(head.head));
}

constexpr Head heads[] = {
    {"OneLine", "int f() const ", "{ return 1; }"},
    {"Empty", "void f() ", "{}"},
    {"SeveralLines", "void f(int a,\n       int b)\n", "{\n  g(a);\n}"},
    {"NestedBraces", "void f() ", "{ if (a) { b(); } else { c({1, 2}); } }"},
    {"BraceInString", "void f() ", "{ g(\"}\\\"}\"); }"},
    {"BraceInCharacter", "void f() ", "{ g('}'); h('\\''); i('{'); }"},
    {"BraceInLineComment", "void f() ", "{  // a } too many\n}"},
    {"ApostropheInComment", "void f() ", "{  // it's a trap {\n  g();\n}"},
    {"BraceInBlockComment", "void f() ", "{ /* } */ }"},
    {"BraceInCommentOfHead", "void f()  // not here {\n", "{ g(); }"},
    {"BraceInRawString", "void f() ", "{ g(R\"(}}\" })\"); }"},
    {"BraceInDelimitedRawString", "void f() ", "{ g(R\"x()\" } )x\"); }"},
    {"DigitSeparators", "void f() ", "{ g(1'000'000); h('}'); }"},
    {"CharacterAfterKeyword", "char f() ", "{ return'}'; }"},
    {"PrefixedCharacter", "char32_t f() ", "{ return U'}'; }"},
    {"PrefixedRawString", "auto f() ", "{ return u8R\"(\"})\"; }"},
    {"DefaultArgument", "void f(A a = {}, B b = B{1}) ", "{ g(); }"},
    {"Template", "template <class T>\nvoid A<T>::f(T x) ", "{ g(x); }"},
    {"TemplateWithBraces", "template <class T = decltype([] {})>\nvoid f(T x) ", "{ g(x); }"},
    {"TrailingReturnType", "auto f(int a) -> std::vector<int> ", "{ return {a}; }"},
    {"TrailingDecltype", "auto f(int a) -> decltype(g({a})) ", "{ return g({a}); }"},
    {"RequiresClause", "template <class T>\n  requires std::integral<T>\nT f(T x) ",
     "{ return x; }"},
    {"RequiresInParentheses", "template <class T>\nT f(T x) requires(sizeof(T) > 4) ",
     "{ return x; }"},
    {"RequiresExpressionInFront",
     "template <class T>\n  requires requires(T t) { t.size(); }\nint f(T x) ", "{ return x; }"},
    {"RequiresExpressionBehind",
     "template <class T>\nint f(T x)\n  requires requires(T t) {\n    { t.size() } -> same<int>;\n "
     " }\n",
     "{\n  return x;\n}"},
    {"RequiresConjunction",
     "template <class T>\n  requires A<T> && requires(T t) { t.a(); } && B<T>\nint f(T x) ",
     "{ return x; }"},
    {"RequiresWithoutParameters",
     "template <class T>\n  requires requires { typename T::type; }\nint f() ", "{ return 1; }"},
    {"InitListParentheses", "A::A(int x) : a_(x), b_(x + 1) ", "{ start(); }"},
    {"InitListBraces", "A::A(int x) : a_{x}, b_{{1, 2}, 3} ", "{ start(); }"},
    {"InitListEmptyBody", "A::A(int x)\n    : a_(x),\n      b_{} ", "{}"},
    {"InitListTemplateBase", "A::A(int x) : Base<int>{x}, n::Other<int>(x) ", "{ go(); }"},
    {"InitListPack", "template <class... B>\nA<B...>::A(B... b) : B(b)... ", "{ go(); }"},
    {"InitListLambda", "A::A() : f_([] { return 1; }) ", "{ go(); }"},
    {"ScopedName", "void ::aio::A::f(aio::B::C c) ", "{ g(c); }"},
    {"CallOperator", "void A::operator()(int x) const ", "{ g(x); }"},
    {"Subscript", "int& A::operator[](int i) ", "{ return d_[i]; }"},
    {"Conversion", "A::operator bool() const ", "{ return ok_; }"},
    {"Comparison", "bool operator<(A a, A b) ", "{ return a.x < b.x; }"},
    {"Attribute", "[[nodiscard]] int f() ", "{ return 1; }"},
    {"AttributeOfParameter", "void f([[maybe_unused]] int x) ", "{ g(); }"},
    {"FunctionParameter", "void f(void (*g)(int)) ", "{ g(1); }"},
    {"LambdaInside", "void f() ", "{ auto g = [&] { return 1; }; g(); }"},
    {"PreprocessorInside", "void f() ", "{\n#ifdef X\n  g();\n#endif\n}"},
    {"ApostropheInDirective", "void f() ", "{\n#ifdef X\n#error it's {\n#endif\n  g();\n}"},
    {"ByReference", "int A::f() && ", "{ return 1; }"},
    {"Override", "int f() const override ", "{ return 1; }"},
    {"ColonInCondition", "int f(bool b = a ? x : y) ", "{ return b ? 1 : 2; }"},
};

INSTANTIATE_TEST_SUITE_P(Heads, Bodies, testing::ValuesIn(heads),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(BodiesThatMustNotThrow, BecomeAComment) {
  EXPECT_EQ(starter_of("A::~A() { close(fd_); }"), comment_below("A::~A() "));
  EXPECT_EQ(starter_of("void f() noexcept { g(); }"), comment_below("void f() noexcept "));
  EXPECT_EQ(starter_of("A::A(A&& a) noexcept : x_(a.x_) { g(); }"),
            comment_below("A::A(A&& a) noexcept : x_(a.x_) "));
}

TEST(BodiesThatMustNotThrow, AreNotThoseThatUseATilde) {
  EXPECT_EQ(starter_of("int f(int mask = ~0) { return mask; }"),
            todo_below("int f(int mask = ~0) "));
  EXPECT_EQ(starter_of("A operator~(A a) { return a; }"), todo_below("A operator~(A a) "));
}

TEST(BodiesThatMustNotThrow, ACommentThatSaysNoexceptDoesNotMakeOne) {
  EXPECT_EQ(starter_of("// noexcept? ~ not here\nint f() { return 1; }"),
            todo_below("// noexcept? ~ not here\nint f() "));
}

TEST(BodiesThatMustNotThrow, CannotReturnAValue) {
  EXPECT_NE(complaint_about("//: 4.2 do it\nint f() noexcept { return 1; }\n").find("line 1"),
            std::string::npos);
}

// ── starters ──

TEST(Cut, KeepsTheIndentOfTheTag) {
  EXPECT_EQ(cut("  //: 4.2 do it\n  int f() { return 1; }\n", nothing_done),
            "  //: 4.2 do it\n  int f() {\n    AIO_TODO(\"4.2\", \"do it\");\n  }\n");
}

TEST(Cut, EscapesTheText) {
  EXPECT_EQ(cut("//: 4.2 say \"a\\b\"\nvoid f() {}\n", nothing_done),
            "//: 4.2 say \"a\\b\"\nvoid f() {\n  AIO_TODO(\"4.2\", \"say \\\"a\\\\b\\\"\");\n}\n");
}

TEST(Cut, LeavesWhatIsDone) {
  const std::string source =
      "//: 4.1 one\nint f() { return 1; }\n//: 4.2 two\nint g() { return 2; }\n";
  EXPECT_EQ(cut(source, [](const std::string& id) { return id == "4.1"; }),
            "//: 4.1 one\nint f() { return 1; }\n"
            "//: 4.2 two\nint g() {\n  AIO_TODO(\"4.2\", \"two\");\n}\n");
  EXPECT_EQ(cut(source, [](const std::string&) { return true; }), source);
}

TEST(Cut, TakesOutEveryFunctionOfAnId) {
  EXPECT_EQ(
      cut("//: use-4c a\nint f() { return 1; }\n\n//: use-4c b\nvoid g() { h(); }\n", nothing_done),
      "//: use-4c a\nint f() {\n  AIO_TODO(\"use-4c\", \"a\");\n}\n\n"
      "//: use-4c b\nvoid g() {\n  AIO_TODO(\"use-4c\", \"b\");\n}\n");
}

TEST(Cut, KeepsWhatHasNoTag) {
  const std::string source = "int f() { return 1; }\r\n// a comment\n\n";
  EXPECT_EQ(cut(source, nothing_done), source);
}

TEST(Cut, LeavesNoLineOverAHundredColumns) {
  const std::string text =
      "turn the events of the batch into callbacks that are ready, each of them exactly one time";
  const std::string starter = cut("  //: 4.2 " + text +
                                      "\n  int f() { return 1; }\n"
                                      "  //: 4.2 " +
                                      text + "\n  A::~A() { g(); }\n",
                                  nothing_done);
  for (std::size_t begin = 0; begin < starter.size(); begin = starter.find('\n', begin) + 1) {
    EXPECT_LE(starter.find('\n', begin) - begin, 100U) << starter;
  }
}

TEST(Cut, TurnsAFixIntoTheMistakeItMends) {
  EXPECT_EQ(cut("a();\n"
                "  //: fix-4b now\n"
                "  right();\n"
                "  //: fix-4b was\n"
                "  // wrong();\n"
                "  //   // why\n"
                "  //\n"
                "  //: fix-4b end\n"
                "b();\n",
                nothing_done),
            "a();\n  wrong();\n    // why\n\nb();\n");
}

TEST(Cut, AllowsEmptyHalves) {
  EXPECT_EQ(cut("//: fix-4b now\nadded();\n//: fix-4b was\n//: fix-4b end\n"
                "//: fix-4b now\n//: fix-4b was\n// gone();\n//: fix-4b end\n",
                nothing_done),
            "gone();\n");
}

TEST(Cut, KeepsTheSlashesOfAnUncommentedLine) {
  EXPECT_EQ(
      cut("//: fix-4b now\n//: fix-4b was\n  // get(\"http://a\");  // here\n//: fix-4b end\n",
          nothing_done),
      "  get(\"http://a\");  // here\n");
}

// ── what cannot be cut ──

struct Bad {
  const char* name;
  const char* source;
  const char* says;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.name; }

class Complaints : public testing::TestWithParam<Bad> {};

TEST_P(Complaints, NameTheLine) {
  EXPECT_NE(complaint_about(GetParam().source).find(GetParam().says), std::string::npos)
      << "said: " << complaint_about(GetParam().source);
}

constexpr Bad bad_sources[] = {
    {"TagAtTheEnd", "int a;\n//: 4.2 do it\n", "line 2"},
    {"TagOfADeclaration", "//: 4.2 do it\nint f();\nint g() { return 1; }\n", "line 1"},
    {"TagOfADefaulted", "//: 4.2 do it\nA::A() = default;\nint g() { return 1; }\n", "line 1"},
    {"TagOfAClass", "//: 4.2 do it\nstruct A { int x; };\n", "line 1"},
    {"TagAboveATag", "//: 4.1 one\n//: 4.2 two\nint f() { return 1; }\n", "line 1"},
    {"TagInsideABody", "//: 4.1 one\nint f() {\n//: 4.2 two\n return 1; }\n", "line 3"},
    {"TagWithoutText", "\n//: 4.2\nint f() { return 1; }\n", "line 2"},
    {"UnbalancedBraces", "//: 4.2 do it\nint f() { if (x) { return 1; }\n", "line 2"},
    {"NowWithoutWas", "\n//: fix-4b now\nx();\n//: fix-4b end\n", "line 2"},
    {"WasWithoutNow", "\n//: fix-4b was\n// x();\n//: fix-4b end\n", "line 2"},
    {"EndAlone", "//: fix-4b end\n", "line 1"},
    {"PairOfTwoIds", "//: fix-4b now\n//: fix-4c was\n//: fix-4b end\n", "line 1"},
    {"CodeInTheOldHalf", "//: fix-4b now\n//: fix-4b was\nx();\n//: fix-4b end\n", "line 3"},
};

INSTANTIATE_TEST_SUITE_P(Sources, Complaints, testing::ValuesIn(bad_sources),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Tags, AreTakenOutOfAnAnswerWithTheMistakeThatItMends) {
  EXPECT_EQ(coach::untagged("//: use-1c x\nint f() {\n  //: fix-1b now\n  a();\n"
                            "  //: fix-1b was\n  // b();\n  //: fix-1b end\n  c();\n}\n"),
            "int f() {\n  a();\n  c();\n}\n");
  EXPECT_EQ(coach::untagged("int f();"), "int f();");
}

TEST(WithoutComments, LeavesTheCodeAndItsEmptyLines) {
  EXPECT_EQ(coach::without_comments("int a;  // one\n// two\n\nint /* three */ b;\n"),
            "int a;\n\nint b;\n");
  EXPECT_EQ(coach::without_comments("auto s = \"// no comment\";\n"),
            "auto s = \"// no comment\";\n");
}

}  // namespace
