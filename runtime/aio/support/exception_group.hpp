#pragma once
// Several failures at once, and how to take them apart.

#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/support/errors.hpp>

namespace aio {

/// Several failures at once. An inner group is one of the failures of the outer one.
///
///   } catch (const aio::ExceptionGroup& group) {
///     group.for_each<std::system_error>([](const std::system_error& error) { … });
///     if (const auto others = group.without<std::system_error>()) throw *others;
///   }
struct ExceptionGroup : std::runtime_error {
  /// Throws std::invalid_argument for none, and for a null pointer among them.
  ExceptionGroup(const std::string& message, std::vector<std::exception_ptr> all)
      : ExceptionGroup(std::runtime_error(message), std::move(all)) {}
  /// The same with the message of another error. Allocates nothing.
  ExceptionGroup(const std::runtime_error& message, std::vector<std::exception_ptr> all);

  std::vector<std::exception_ptr> exceptions;

  /// Calls `use(const E&)` for each failure of type E, those in inner groups too, in order. Groups
  /// are looked into; they count as no failure of their own.
  template <class E, class Use>
  void for_each(Use use) const;
  /// How many failures there are, each one in an inner group counted.
  std::size_t count() const;
  /// The failures of type E, in groups of the same shape; nothing when there are none.
  template <class E>
  std::optional<ExceptionGroup> only() const {
    return part([](const std::exception_ptr& leaf) { return detail::holds<E>(leaf); });
  }
  /// The failures of all other types, likewise. What handles E throws this on.
  template <class E>
  std::optional<ExceptionGroup> without() const {
    return part([](const std::exception_ptr& leaf) { return !detail::holds<E>(leaf); });
  }
  /// The messages, a line for each, indented as the groups nest:
  ///
  ///   2 tasks of a group failed
  ///   ├─ connect to 10.0.0.1:80: Connection refused
  ///   └─ 1 task of a group failed
  ///      └─ no such user
  std::string tree() const;

 private:
  /// Calls `leaf(exception)` or `group(inner)` for one of the failures.
  template <class Leaf, class Group>
  static void visit(const std::exception_ptr& exception, Leaf leaf, Group group);
  template <class Keep>
  std::optional<ExceptionGroup> part(Keep keep) const;
  void add_lines(std::string& lines, const std::string& indent) const;
};

// Implementation

inline ExceptionGroup::ExceptionGroup(const std::runtime_error& message,
                                      std::vector<std::exception_ptr> all)
    : std::runtime_error(message), exceptions(std::move(all)) {
  if (exceptions.empty())
    throw std::invalid_argument("an ExceptionGroup has one exception or more");
  for (const std::exception_ptr& each : exceptions) {
    if (each == nullptr)
      throw std::invalid_argument("an ExceptionGroup was given a null exception");
  }
}

template <class Leaf, class Group>
void ExceptionGroup::visit(const std::exception_ptr& exception, Leaf leaf, Group group) {
  const ExceptionGroup* inner = nullptr;
  try {
    std::rethrow_exception(exception);
  } catch (const ExceptionGroup& found) {
    inner = &found;  // lives as long as `exception`
  } catch (...) {
  }
  inner != nullptr ? group(*inner) : leaf(exception);
}

template <class E, class Use>
void ExceptionGroup::for_each(Use use) const {
  for (const std::exception_ptr& each : exceptions) {
    const E* wanted = nullptr;
    const auto find = [&wanted](const std::exception_ptr& leaf) {
      try {
        std::rethrow_exception(leaf);
      } catch (const E& found) {
        wanted = &found;  // lives as long as `leaf`
      } catch (...) {
      }
    };
    visit(each, find, [&use](const ExceptionGroup& inner) { inner.template for_each<E>(use); });
    if (wanted != nullptr) use(*wanted);
  }
}

inline std::size_t ExceptionGroup::count() const {
  std::size_t count = 0;
  for (const std::exception_ptr& each : exceptions) {
    visit(
        each, [&count](const std::exception_ptr&) { ++count; },
        [&count](const ExceptionGroup& inner) { count += inner.count(); });
  }
  return count;
}

template <class Keep>
std::optional<ExceptionGroup> ExceptionGroup::part(Keep keep) const {
  std::vector<std::exception_ptr> kept;
  for (const std::exception_ptr& each : exceptions) {
    visit(
        each,
        [&](const std::exception_ptr& leaf) {
          if (keep(leaf)) kept.push_back(leaf);
        },
        [&](const ExceptionGroup& inner) {
          if (auto some = inner.part(keep)) kept.push_back(std::make_exception_ptr(*some));
        });
  }
  if (kept.empty()) return std::nullopt;
  return ExceptionGroup(what(), std::move(kept));
}

inline std::string ExceptionGroup::tree() const {
  std::string lines = what();
  add_lines(lines, "\n");
  return lines;
}

inline void ExceptionGroup::add_lines(std::string& lines, const std::string& indent) const {
  for (const std::exception_ptr& each : exceptions) {
    const bool last = &each == &exceptions.back();
    lines += indent + (last ? "└─ " : "├─ ") + message_of(each);
    visit(
        each, [](const std::exception_ptr&) {},
        [&](const ExceptionGroup& inner) {
          inner.add_lines(lines, indent + (last ? "   " : "│  "));
        });
  }
}

}  // namespace aio
