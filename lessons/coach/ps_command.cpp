// ./learn ps and pstree: what the tasks of a program that runs wait for.

#include <fmt/format.h>

#include "commands.hpp"
#include "question.hpp"

namespace coach {

int list_tasks(const Desk&, int process, bool as_tree) {
  for (const std::string& loop : ask_for_tasks(process, as_tree)) fmt::print("{}", loop);
  return 0;
}

}  // namespace coach
