#include "clang_messages.hpp"

#include <array>
#include <regex>

#include "meanings.hpp"

namespace coach {

namespace {

/// A message of clang's, with what is shown beside it, and g++'s message for the same mistake.
struct Pair {
  std::string_view clang, reasons, gcc;
};

constexpr std::string_view any = "*";
constexpr std::string_view await_it = "cannot convert 'aio::Coro<T>' to 'U'";
constexpr std::string_view co_return_it = "cannot convert 'T' to 'aio::Coro<U>'";
constexpr std::string_view string_of_view =
    "conversion from 'std::string_view' to non-scalar type 'std::string' requested";
constexpr std::string_view wrong_type = "invalid conversion from 'T' to 'U'";
constexpr std::string_view call_on_a_const =
    "passing 'const T' as 'this' argument discards qualifiers";
constexpr std::string_view copy = "use of deleted function 'T::T(const T&)'";
constexpr std::string_view copy_of_a_coro =
    "use of deleted function 'aio::Coro<T>::Coro(const aio::Coro<T>&)'";
constexpr std::string_view no_function = "no matching function for call to 'f(T)'";
constexpr std::string_view other_result =
    "no matching function for call to 'CoroPromise<T>::return_value(U)'";
constexpr std::string_view view_as_result =
    "no matching function for call to 'CoroPromise<std::__cxx11::basic_string<char> >::"
    "return_value(std::string_view&)'";
constexpr std::string_view abstract_class =
    "cannot declare variable 'a' to be of abstract type 'T'";
constexpr std::string_view override_of_nothing = "'f' marked 'override', but does not override";

/// The first pair that fits wins, so the special ones come first.
constexpr std::array pairs{
    // values of other types
    Pair{"no viable conversion from returned value of type '*' to function return type '*Coro<*",
         any, co_return_it},
    Pair{"no viable conversion from *'*Coro<*>'* to *", any, await_it},
    Pair{"no viable conversion from * to '*Coro<*", any, co_return_it},
    Pair{"no viable conversion from *string_view'* to *string'*", any, string_of_view},
    Pair{"no viable conversion from *", any, wrong_type},
    Pair{"cannot initialize * of type '*Coro<*", any, await_it},
    Pair{"cannot initialize *", any, wrong_type},
    Pair{"assigning to '*' from incompatible type '*Coro<*", any, await_it},
    Pair{"assigning to '*' from incompatible type *", any, wrong_type},
    Pair{"value of type '*Coro<*' is not contextually convertible to 'bool'*", any, await_it},
    Pair{"value of type * is not contextually convertible to 'bool'*", any, wrong_type},
    Pair{"invalid argument type '*Coro<*", any, await_it},
    Pair{"invalid operands to binary expression (*Coro<*", any, await_it},
    Pair{"invalid operands to binary expression (*string_view'*", "*+*", string_of_view},
    Pair{"invalid operands to binary expression *", any,
         "no match for 'operator+' (operand types are 'T' and 'U')"},
    Pair{"no viable overloaded *", any, "no match for 'operator=' (operand types are 'T' and 'U')"},
    // calls
    Pair{"no matching member function for call to 'return_value'*",
         "*basic_string_view<*, std::basic_string<*", view_as_result},
    Pair{"no matching member function for call to 'return_value'*", any, other_result},
    Pair{"no matching function for call to 'construct_at'*", any,
         "no matching function for call to 'construct_at(T*, const T&)'"},
    Pair{"no matching *function for call to *", "*'this' argument has type 'const *",
         call_on_a_const},
    Pair{"no matching *function for call to *", "*candidate *\ncandidate *", no_function},
    Pair{"no matching *function for call to *", "*no known conversion from '*Coro<*' to *",
         await_it},
    Pair{"no matching *function for call to *",
         "*no known conversion from '*string_view'* to '*string'*", string_of_view},
    Pair{"no matching *function for call to *", "*no known conversion from '*' to '* &'*",
         "invalid initialization of non-const reference of type 'T&' from an rvalue"},
    Pair{"no matching *function for call to *", "*no known conversion from *", wrong_type},
    Pair{"no matching member function for call to *", any, no_function},
    Pair{"no matching constructor for initialization of *", any, no_function},
    Pair{"'this' argument to member function '*' has type 'const *", any, call_on_a_const},
    Pair{"call to *deleted *constructor of '*Coro<*", any, copy_of_a_coro},
    Pair{"call to *deleted *constructor of *", any, copy},
    Pair{"overload resolution selected deleted operator 'co_await'*", any,
         "use of deleted function 'void aio::Coro<T>::operator co_await() &'"},
    Pair{"overload resolution selected deleted operator '='*", any, copy},
    Pair{"object of type '*' cannot be assigned because *", any, copy},
    // coroutines
    Pair{"ignoring return value of *: a Coro does nothing *", any,
         "ignoring returned value of type 'aio::Coro<T>'"},
    Pair{"ignoring return value of *: co_await it*", any,
         "ignoring return value of f, 'co_await it'"},
    Pair{"'co_await' cannot be used in the handler of a try block*", any,
         "await expressions are not permitted in handlers"},
    Pair{"member reference base type '*' is not a structure or union*", "*co_await*",
         "awaitable type 'T' is not a structure"},
    Pair{"this function cannot be a coroutine: *", any,
         "unable to find the promise type for this coroutine"},
    Pair{"return statement not allowed in coroutine*", any,
         "a 'return' statement is not allowed in coroutine"},
    Pair{"static assertion failed*: result type must be constructible from *", any,
         "static assertion failed: result type must be constructible from T"},
    // const
    Pair{"cannot assign to non-static data member within const member function *", any,
         "assignment of member 'a' in read-only object"},
    Pair{"cannot assign to * const*", any, "assignment of read-only variable 'a'"},
    Pair{"*lvalue reference to type '*' cannot bind to a value of unrelated type *", any,
         wrong_type},
    Pair{"non-const lvalue reference to type *", any,
         "cannot bind non-const lvalue reference of type 'T&'"},
    Pair{"rvalue reference to type * cannot bind to lvalue *", any,
         "cannot bind rvalue reference of type 'T&&' to lvalue of type 'T'"},
    Pair{"binding reference of type * drops 'const' qualifier*", any,
         "binding reference of type 'T&' to 'const T' discards qualifiers"},
    // names
    Pair{"no * named '*' in namespace 'std'*", any, "'a' is not a member of 'std'"},
    Pair{"no * named '*' in namespace *", any, "'a' is not a member of 'b'"},
    Pair{"no member named '*' in '*Coro<*", any, "'class aio::Coro<T>' has no member named 'a'"},
    Pair{"no member named 'await_ready' in *", any, "no member named 'await_ready' in 'T'"},
    Pair{"no member named 'return_value' in *", any, "no member named 'return_value' in 'T'"},
    Pair{"no member named 'return_void' in *", any, "no member named 'return_void' in 'T'"},
    Pair{"no member named '*' in *", any, "'T' has no member named 'a'"},
    Pair{"no * named '*' in *", any, "'a' does not name a type"},
    Pair{"unknown type name '*", any, "'a' does not name a type"},
    Pair{"use of undeclared identifier '*", any,
         "there are no arguments to 'f' that depend on a template parameter"},
    Pair{"'*' is a private member of *", any, "'a' is private within this context"},
    Pair{"'*' is a protected member of *", any, "'a' is protected within this context"},
    Pair{"'*' file not found*", any, "a.hpp: No such file or directory"},
    Pair{"variable '*' cannot be implicitly captured in a lambda *", any, "'a' is not captured"},
    Pair{"'this' cannot be implicitly captured in this context*", any,
         "'this' was not captured for this lambda function"},
    Pair{"member reference type '*Coro<*' is not a pointer*", any,
         "base operand of '->' has non-pointer type 'aio::Coro<T>'"},
    Pair{"member reference type '*' is not a pointer*", any,
         "base operand of '->' has non-pointer type 'T'"},
    Pair{"member reference type '*' is a pointer*", any,
         "request for member 'a' in 'b', which is of pointer type 'T*'"},
    // declarations
    Pair{"variable type '*' is an abstract class*", any, abstract_class},
    Pair{"allocating an object of abstract class type *", any, abstract_class},
    Pair{"non-virtual member function marked 'override' *", any, override_of_nothing},
    Pair{"only virtual member functions can be marked 'override'*", any, override_of_nothing},
    Pair{"'*' marked 'override' but does not override *", any, override_of_nothing},
    Pair{"out-of-line definition of '*' does not match any declaration in *", any,
         "no declaration matches 'f'"},
    Pair{"extra qualification on member *", any, "extra qualification 'T::' on member 'a'"},
    Pair{"expected '}'*", any, "expected '}' at end of input"},
    Pair{"extraneous closing brace *", any, "expected declaration before '}' token"},
    Pair{"non-void coroutine does not return a value*", any,
         "non-void coroutine does not return a value"},
    Pair{"non-void *function *return a value*", any,
         "no return statement in function returning non-void"},
    Pair{"void function '*' should not return a value*", any,
         "return-statement with a value, in function returning 'void'"},
    // the linker
    Pair{"undefined symbol: *", any, "undefined reference to 'a'"},
    Pair{"duplicate symbol: *", any, "multiple definition of 'a'"},
};

/// What a line "candidate function not viable: requires 2 arguments, but 1 was provided" says.
std::string about_their_number(const std::string& reasons) {
  static const std::regex pattern(
      R"(requires (?:at least |at most )?(single|\d+) argument.*, but (no|\d+) )");
  std::smatch counts;
  if (!std::regex_search(reasons, counts, pattern)) return {};
  const auto number = [](const std::string& word) {
    return word == "single" ? 1 : word == "no" ? 0 : std::stoi(word);
  };
  const bool few = number(counts[1]) > number(counts[2]);
  return few ? "too few arguments to function 'f'" : "too many arguments to function 'f'";
}

}  // namespace

std::string as_gcc_says(const std::string& message, const std::string& reasons) {
  const bool overloaded = is_like(reasons, "*candidate *\ncandidate *");
  if (!overloaded && is_like(message, "no matching *function for call to *")) {
    const std::string number = about_their_number(reasons);
    if (!number.empty()) return number;
  }
  for (const Pair& pair : pairs) {
    if (is_like(message, pair.clang) && is_like(reasons, pair.reasons))
      return std::string(pair.gcc);
  }
  return message;
}

}  // namespace coach
