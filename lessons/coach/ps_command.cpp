// ./learn ps and pstree: what the tasks of a program that runs wait for.

#include <fmt/format.h>

#include "commands.hpp"
#include "mistake.hpp"
#include "question.hpp"

namespace coach {

int list_tasks(const Desk&, int process, bool as_tree) {
  if (process == 0)
    throw Mistake(
        "Of which program? ./learn pstree PID wants its number, as pidof prints it; pidof prints "
        "nothing while no such program runs.");
  for (const std::string& loop : ask_for_tasks(process, as_tree)) fmt::print("{}", loop);
  return 0;
}

}  // namespace coach
