#pragma once
// The page of an exercise: what it asks, how it stands, hints, answers, beside the lesson's text.

#include <optional>
#include <string>
#include <string_view>

#include "book.hpp"
#include "checks.hpp"

namespace book {

/// "/exercises/7.1.html"
std::string address_of(const coach::Item& item);

/// The item of that id, and nothing else that Course::find() would understand: ids come in
/// requests. Its item is null if there is none.
coach::Place place_of(const coach::Course& course, std::string_view id);

/// Where a check has come to.
struct Standing {
  coach::Place place;
  bool checking = false;
  std::string doing;                         // "Building 07.exercise [3/12]"
  std::optional<coach::CheckResult> result;  // of the last check that came to an end
  std::string trouble;                       // why there is no verdict
};

/// HTML of the parts that change.
std::string verdict_html(const coach::Desk& desk, const Standing& standing);
std::string states_html(const coach::Desk& desk, const Standing& standing);
/// The hints that are open, in HTML.
std::string hints_html(const coach::Place& place, std::size_t open);
/// The answer and why; what both differ in, if it has passed.
std::string answer_html(const coach::Desk& desk, const coach::Place& place);

/// "done", "failing", "open", "waiting"; "checking" while nobody knows.
std::string_view state_of(const Standing& standing);
/// One sentence, for those who do not see the page change.
std::string sentence_on(const Standing& standing);

}  // namespace book
