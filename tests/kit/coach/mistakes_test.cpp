// Typical mistakes, compiled by the compiler as a learner's file is: the coach points at the line,
// and says what the message means. Each program in mistakes/ names a part of that sentence
// (*.cc, so that the check of our files' format leaves them alone).

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "build.hpp"
#include "files.hpp"
#include "meanings.hpp"
#include "suspicions.hpp"
#include "text.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> all_mistakes() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(MISTAKES)) {
    names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

fs::path path_of(const std::string& mistake) { return fs::path(MISTAKES) / (mistake + ".cc"); }

/// The command that compiles a learner's layer in a build tree, up to the names of the files.
std::string learners_command(const fs::path& tree) {
  const auto commands = nlohmann::json::parse(coach::read_file(tree / "compile_commands.json"));
  for (const auto& entry : commands) {
    const std::string command = entry.at("command");
    const std::size_t names = command.find(" -o CMakeFiles/07.1.exercise.dir/");
    if (names != std::string::npos) {
      return fmt::format("cd '{}' && {}", tree.string(), command.substr(0, names));
    }
  }
  return "false";
}

/// A compiler of learners' files, by its build tree.
struct Compiler {
  std::string name;
  fs::path tree;
  std::string link;  // what the coach's linker differs in
};
const std::vector<Compiler> compilers{
    {"gcc", BUILD_TREE, ""}, {"clang", fs::path(BUILD_TREE) / "kit/learn", "-fuse-ld=lld"}};

std::string printed_by(const std::string& command) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  char part[4096];
  while (const std::size_t got = std::fread(part, 1, sizeof part, pipe.get())) {
    text.append(part, got);
  }
  return text;
}

/// A mistake of the linker's is one that has a main().
std::string compiled(const Compiler& compiler, const std::string& command,
                     const std::string& mistake) {
  const bool links = coach::read_file(path_of(mistake)).find("twice(); }") != std::string::npos;
  return printed_by(fmt::format("{} {} -o /dev/null '{}' 2>&1", command,
                                links ? compiler.link : "-S", path_of(mistake).string()));
}

/// What a compiler says of each; compiled two at a time.
std::map<std::string, std::string> compile_all(const Compiler& compiler) {
  const std::string command = learners_command(compiler.tree);
  const std::vector<std::string> names = all_mistakes();
  std::vector<std::string> texts(names.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < names.size();) {
      texts[i] = compiled(compiler, command, names[i]);
    }
  };
  std::future<void> other = std::async(std::launch::async, work);
  work();
  other.get();
  std::map<std::string, std::string> said;
  for (std::size_t i = 0; i < names.size(); ++i) said[names[i]] = texts[i];
  return said;
}

/// The same, compiled once.
const std::map<std::string, std::string>& outputs(const Compiler& compiler) {
  static std::map<std::string, std::map<std::string, std::string>> known;
  if (!known.contains(compiler.name)) known[compiler.name] = compile_all(compiler);
  return known.at(compiler.name);
}

class Mistakes : public testing::TestWithParam<std::tuple<Compiler, std::string>> {};

TEST_P(Mistakes, AreShownAtTheirLineAndExplained) {
  const auto& [compiler, name] = GetParam();
  const std::string source = coach::read_file(path_of(name));
  const std::vector<std::string> lines = coach::split_lines(source);
  const std::string& output = outputs(compiler).at(name);
  const coach::CompileError error = coach::explained(output, path_of(name));
  const auto marked = [&](const std::string& mark) {
    return std::ranges::find_if(lines, [&](const auto& line) { return line.ends_with(mark); });
  };
  auto here = marked("// here with " + compiler.name);
  if (here == lines.end()) here = marked("// here");
  if (here != lines.end()) {
    const std::string place = fmt::format("{}.cc:{}:", name, here - lines.begin() + 1);
    EXPECT_NE(error.text.find(place), std::string::npos) << error.text << "\n\n" << output;
    EXPECT_NE(error.text.find("// here"), std::string::npos) << error.text;
    EXPECT_NE(error.text.find('^'), std::string::npos) << error.text;
  }
  EXPECT_LE(std::ranges::count(error.text, '\n'), 2) << error.text;
  const std::string wanted{coach::trim(lines.front().substr(std::string("// Says:").size()))};
  EXPECT_NE(error.meaning.find(wanted), std::string::npos)
      << "it says: " << error.meaning << "\nof\n"
      << error.text;
}

std::string name_of(const testing::TestParamInfo<Mistakes::ParamType>& one) {
  return std::get<Compiler>(one.param).name + "_" + std::get<std::string>(one.param);
}

INSTANTIATE_TEST_SUITE_P(Course, Mistakes,
                         testing::Combine(testing::ValuesIn(compilers),
                                          testing::ValuesIn(all_mistakes())),
                         name_of);

TEST(Meanings, TakeQuotesOfEveryKind) {
  EXPECT_EQ(coach::meaning_of("‘valeu’ was not declared in this scope"),
            coach::meaning_of("'valeu' was not declared in this scope"));
  EXPECT_TRUE(coach::meaning_of("something that nobody has ever said").empty());
}

TEST(Meanings, LookForTheirPiecesInOrder) {
  EXPECT_TRUE(coach::is_like("a b c", "a*c"));
  EXPECT_TRUE(coach::is_like("abc", "*"));
  EXPECT_TRUE(coach::is_like("abc", "a*b*"));
  EXPECT_FALSE(coach::is_like("abc", "a*b"));
  EXPECT_FALSE(coach::is_like("cba", "*b*c*"));
  EXPECT_FALSE(coach::is_like("a", "a*a"));
}

TEST(CompileErrors, SayWhatIsLeftOut) {
  const auto error = coach::explained(
      "x.cpp:1:1: error: expected ';' before 'a'\nx.cpp:2:1: error: b\nx.cpp:3:1: note: c\n", "x");
  EXPECT_EQ(error.folded, "1 more error and 1 note");
}

/// The lines that are suspected.
std::string suspected(std::string_view source) {
  std::string lines;
  for (const auto& suspicion : coach::suspicions(source)) {
    lines += fmt::format("{} ", suspicion.line);
  }
  return lines;
}

TEST(Suspicions, FindACoroutineWithoutItsValue) {
  EXPECT_EQ(suspected("#include <x>\naio::Coro<int> f(int a) {\n  co_await g(a);\n}\n"), "2 ");
  EXPECT_EQ(suspected("aio::Coro<std::vector<int>> Class::f() const {\n  co_await g();\n}\n"),
            "1 ");
  EXPECT_EQ(suspected("aio::Coro<int> f() { co_await g([] { co_return 1; }); }\n"), "1 ");
}

TEST(Suspicions, LeaveGoodCoroutinesAlone) {
  EXPECT_EQ(suspected("aio::Coro<> f() { co_await g(); }\n"), "");
  EXPECT_EQ(suspected("aio::Coro<void> f() { co_await g(); }\n"), "");
  EXPECT_EQ(suspected("aio::Coro<int> f() { co_await g(); co_return 1; }\n"), "");
  EXPECT_EQ(suspected("aio::Coro<int> f();\naio::Coro<> g() { co_await h(); }\n"), "");
  EXPECT_EQ(suspected("aio::Coro<int> f() { co_await g(); throw 1; }\n"), "");
  EXPECT_EQ(suspected("// aio::Coro<int> f() { co_await g(); }\n"), "");
  EXPECT_EQ(suspected("aio::Coro<int> coro = f(); { co_await g(); }\n"), "");
}

TEST(Suspicions, FindALambdaThatIsACoroutineAndCaptures) {
  EXPECT_EQ(suspected("auto a = [&]() -> aio::Coro<> { co_await f(); };\n"), "1 ");
  EXPECT_EQ(suspected("\nspawn([this]() -> aio::Coro<> {\n  co_await f();\n}());\n"), "2 ");
  EXPECT_EQ(suspected("run([x = 1](int a) mutable -> aio::Coro<int> { co_return x + a; });"), "1 ");
}

TEST(Suspicions, LeaveGoodLambdasAlone) {
  EXPECT_EQ(suspected("auto a = [](int b) -> aio::Coro<> { co_await f(b); };\n"), "");
  EXPECT_EQ(suspected("auto a = [&] { return f(); };\n"), "");
  EXPECT_EQ(suspected("co_await f([&]() -> aio::Coro<> { co_await g(); });\n"), "");
  EXPECT_EQ(suspected("[[nodiscard]] int f() { return a[i] + b[j]; }\n"), "");
  EXPECT_EQ(suspected("auto [a, b] = f(); int c[3] = {1, 2, 3};\n"), "");
  EXPECT_EQ(suspected("a.on([this] { go([](int b) -> aio::Coro<> { co_await f(b); }); });\n"), "");
}

TEST(Suspicions, KnowWhereALambdasNameEnds) {
  const std::string kept = "const auto call = [&]() -> aio::Coro<> { co_await f(); };\n";
  EXPECT_EQ(suspected("void g() {\n" + kept + "if (a) { b(); }\nco_await all(call);\n}\n"), "");
  EXPECT_EQ(suspected("void g() {\n" + kept + "start(call);\n}\nvoid h(int call) {\n" +
                      "co_await all(call);\n}\n"),
            "2 ");
}

/// The reference is what learners arrive at.
TEST(Suspicions, AreNotInTheRuntime) {
  for (const char* folder : {RUNTIME, SOLUTIONS}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
      EXPECT_EQ(suspected(coach::read_file(entry.path())), "") << entry.path();
    }
  }
}

}  // namespace
