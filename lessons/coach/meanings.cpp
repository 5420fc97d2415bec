#include "meanings.hpp"

#include <array>

namespace coach {

namespace {

struct Meaning {
  std::string_view pattern, sentence;
};

constexpr std::string_view await_it =
    "You have a Coro where its result is wanted: co_await is missing before the call.";
constexpr std::string_view co_return_it =
    "In a coroutine the result is given with co_return; return would have to give a whole Coro. "
    "In a test, ASSERT_… returns: use EXPECT_….";
constexpr std::string_view move_it =
    "This type cannot be copied, it has one owner: hand it over with std::move(…), or take a "
    "reference.";
constexpr std::string_view const_here =
    "A const member function may not change the object: leave the const away, or change nothing.";
constexpr std::string_view return_missing =
    "The function promises a value, but can reach its end without a return.";
constexpr std::string_view semicolon =
    "A semicolon is missing, probably at the end of the line "
    "above.";
constexpr std::string_view string_of_view =
    "A string_view does not become a string by itself, since that copies the text: write "
    "std::string(…) around it.";
constexpr std::string_view wrong_type =
    "A value of one type stands where another is wanted, and it does not become one by itself.";
constexpr std::string_view awaitable =
    "This cannot be awaited: co_await takes a Coro, a Task, a Future, or what sleep() returns.";

/// The first pattern that fits wins, so the special ones come first.
constexpr std::array meanings{
    // a Coro where a value should be, and the other way round
    Meaning{"cannot convert '*Coro<*>' to 'aio::Coro<*", co_return_it},
    Meaning{"cannot convert '*Coro<*>' to *", await_it},
    Meaning{"could not convert '*' from '*Coro<*>' to *", await_it},
    Meaning{"conversion from '*Coro<*>' to non-scalar type *", await_it},
    Meaning{"no match for 'operator*' (operand types are *Coro<*", await_it},
    Meaning{"no match for 'operator*' (operand type is *Coro<*", await_it},
    Meaning{"'class aio::Coro<*>' has no member named *", await_it},
    Meaning{"base operand of '->' has non-pointer type 'aio::Coro<*", await_it},
    Meaning{"a 'return' statement is not allowed in coroutine*", co_return_it},
    Meaning{"could not convert '*' from '*' to '*Coro<*", co_return_it},
    Meaning{"cannot convert '*' to '*Coro<*", co_return_it},
    Meaning{"conversion from '*' to non-scalar type '*Coro<*", co_return_it},
    // awaiting
    Meaning{"static assertion failed: give this callable a name*",
            "g++ 12 destroys what a lambda captures twice when the lambda is written inside the "
            "co_await expression. Write auto call = [...] {...}; on a line before, and pass call."},
    Meaning{"ignoring return*value *Coro<*",
            "The Coro is thrown away, and a Coro does nothing until it is awaited: write co_await "
            "before the call, or give it to create_task()."},
    Meaning{"ignoring return*value *'co_await it'*",
            "This waits only when it is awaited: write co_await before the call."},
    Meaning{"ignoring return*value *",
            "What this call returns matters and is thrown away: keep it, or check it."},
    Meaning{"'co_await' cannot be used in the 'main' function",
            "main() is no coroutine: write one that returns aio::Coro<>, and give it to "
            "aio::run()."},
    Meaning{"'co_*' cannot be used in a function with a deduced return type",
            "A coroutine must say what it returns: -> aio::Coro<> after a lambda's parameters."},
    Meaning{"unable to find the promise type for this coroutine",
            "Whoever awaits is a coroutine, and must return a Coro: aio::Coro<> instead of void, "
            "aio::Coro<int> instead of int."},
    Meaning{"'co_*' cannot be used outside a function",
            "co_await stands outside of any function: "
            "look for a } too early."},
    Meaning{"use of deleted function 'void aio::Coro<*>::operator co_await() &*",
            "A Coro is used up when it is awaited, so a variable is handed over: "
            "co_await std::move(coro)."},
    Meaning{"awaitable type '*' is not a structure", awaitable},
    Meaning{"no member named 'await_ready' in *", awaitable},
    Meaning{"await expressions are not permitted in handlers",
            "co_await may not stand in a catch block: note there what happened, and await after "
            "the block."},
    // texts
    Meaning{"could not convert '*' from '*string_view'* to '*string'*", string_of_view},
    Meaning{"conversion from '*string_view'* to non-scalar type '*string'*", string_of_view},
    Meaning{"invalid initialization of reference of type 'const std::string&'* from expression of "
            "type '*string_view'*",
            string_of_view},
    Meaning{"no match for 'operator+' (operand types are *'*string_view'*", string_of_view},
    Meaning{"no matching function for call to "
            "'*Promise<std::*basic_string<char> >::return_value(*string_view*",
            string_of_view},
    // co_return
    Meaning{"no member named 'return_value' in *",
            "This coroutine returns nothing, but co_return has a value: its type would be "
            "aio::Coro<T>, with T the type of that value."},
    Meaning{"no member named 'return_void' in *",
            "This coroutine promises a value: co_return needs one here."},
    Meaning{"no matching function for call to '*Promise<*>::return_value(*",
            "co_return gives a value of another type than the Coro<…> of this function promises."},
    // copies
    Meaning{"use of deleted function '*Coro<*>::Coro(const *",
            "A Coro cannot be copied, it has one owner: hand it over with std::move(…), or pass "
            "the call itself."},
    Meaning{"use of deleted function '*::operator=(const *", move_it},
    Meaning{"use of deleted function '*(const *&)*", move_it},
    Meaning{"no matching function for call to 'construct_at(*",
            "The element cannot be made from what is given: compare the two types. A Result<T&> "
            "keeps a pointer, so it takes an address, &value. What cannot be copied is handed over "
            "with std::move(…)."},
    Meaning{"static assertion failed: result type must be constructible from *", move_it},
    // syntax
    Meaning{"version control conflict marker in file",
            "Two versions stand here after a merge: keep what is right of both, and take out the "
            "lines with <<<<<<<, ======= and >>>>>>>."},
    Meaning{"expected ',' or ';' before *", semicolon},
    Meaning{"expected ';' *", "A semicolon is missing where the ^ points."},
    Meaning{"expected '}' at end of input",
            "A { is never closed; the line that is named is only where the file ends."},
    Meaning{"expected declaration before '}' token", "There is one } too many, here or above."},
    Meaning{"expected unqualified-id before *",
            "A declaration is expected here: look for a } or ; too many above."},
    Meaning{"extended qualification '*' on member *",
            "Inside the class a member has its plain name, without Class:: before it."},
    Meaning{"extra qualification '*' on member *",
            "Inside the class a member has its plain name, without Class:: before it."},
    // names
    Meaning{"*.h*: No such file or directory",
            "There is no such header: look at how its name is spelt."},
    Meaning{"'*' is not a member of 'std'*",
            "The standard library has it in a header that is not included yet, or under another "
            "name."},
    Meaning{"'*' in namespace 'std' does not name a *",
            "The standard library has it in a header that is not included yet, or under another "
            "name."},
    Meaning{"'*' was not declared in this scope*",
            "Nothing of this name is known here: it may be spelt differently, be declared further "
            "below, or belong to another class or namespace."},
    Meaning{"there are no arguments to '*' that depend on a template parameter*",
            "Nothing of this name is known here. A member of a base class that is a template needs "
            "this-> before it; anything else may be spelt differently, or be declared further "
            "below."},
    Meaning{"'*' has not been declared*",
            "Nothing of this name is known here: it may be spelt differently, or need its "
            "namespace."},
    Meaning{"'*' is not a member of '*",
            "That class or namespace has nothing of this name: look at how it is spelt."},
    Meaning{"'*' has no member named '*",
            "The type has no member of this name: look at its class for the right one."},
    Meaning{"'*' does not name a *",
            "No type of this name is known here: it may need its namespace, an #include, or "
            "another spelling."},
    Meaning{"'*' is private within this context",
            "Only the class itself may touch this member: use what its public part offers."},
    Meaning{"'*' is protected within this context",
            "Only the class and those derived from it may touch this member."},
    Meaning{"redefinition of '*", "This is defined twice: one of the two must go."},
    // const
    Meaning{"assignment of member '*' in read-only object", const_here},
    Meaning{"increment of member '*' in read-only object", const_here},
    Meaning{"decrement of member '*' in read-only object", const_here},
    Meaning{"passing 'const *' as 'this' argument discards qualifiers*",
            "A member function that may change its object is called on a const one: make the "
            "caller not const, or call a const function."},
    Meaning{"*of read-only *", "This is const, and so it cannot be changed."},
    Meaning{"invalid initialization of non-const reference *",
            "The function wants a variable that it may change, of exactly this type; a temporary "
            "value is none."},
    Meaning{"cannot bind non-const lvalue reference *",
            "The function wants a variable that it may change: no value that is made on the spot, "
            "and nothing that std::move gives."},
    Meaning{"cannot bind rvalue reference *",
            "The function wants to take the value over: give it std::move(…)."},
    Meaning{"binding reference of type '*' to 'const *' discards qualifiers*",
            "This is const, but the reference would allow to change it: make the reference const."},
    // signatures
    Meaning{"'*' marked 'override', but does not override",
            "The base class has no virtual function with exactly this signature: compare name, "
            "parameters and const."},
    Meaning{"no declaration matches '*",
            "The definition does not look like the declaration in the class: compare the "
            "parameters, const, noexcept and the type that is returned."},
    Meaning{"too few arguments to function *", "The function wants more arguments than it gets."},
    Meaning{"too many arguments to function *", "The function gets more arguments than it wants."},
    Meaning{"no matching function for call to *",
            "No function of this name takes these arguments: compare their number and types with "
            "the declaration."},
    Meaning{"cannot declare variable '*' to be of abstract type *",
            "The class leaves a pure virtual function unwritten, perhaps since its signature "
            "differs by a const."},
    Meaning{"invalid new-expression of abstract class type *",
            "The class leaves a pure virtual function unwritten, perhaps since its signature "
            "differs by a const."},
    // values
    Meaning{"non-void coroutine does not return a value*",
            "This coroutine promises a value, and can reach its end without one: co_return is "
            "missing."},
    Meaning{"*no return statement in function returning non-void*", return_missing},
    Meaning{"control reaches end of non-void function*", return_missing},
    Meaning{"return-statement with a value, in function returning 'void'*",
            "This function returns nothing, but return has a value."},
    Meaning{"request for member '*' in '*', which is of pointer type *",
            "This is a pointer: its members come after ->, not after a dot."},
    Meaning{"base operand of '->' has non-pointer type *",
            "This is an object, no pointer: its members come after a dot, not after ->."},
    Meaning{"invalid use of non-static data member *",
            "A member is used without an object: the function is static, or a lambda did not "
            "capture this."},
    Meaning{"'this' was not captured for this lambda function",
            "The lambda uses a member, so it must capture the object: [this]."},
    Meaning{"'*' is not captured",
            "The lambda uses a variable of the function around it: name it between [ and ]."},
    Meaning{"no match for 'operator*", "There is no such operator for these two types."},
    Meaning{"cannot convert '* to '*", wrong_type},
    Meaning{"could not convert '*", wrong_type},
    Meaning{"conversion from '* to non-scalar type '*", wrong_type},
    Meaning{"invalid conversion from '*", wrong_type},
    Meaning{"invalid initialization of reference of type *", wrong_type},
    Meaning{"expected *",
            "The compiler expects something else here: look for what is missing or "
            "too much just before this place."},
    // the linker
    Meaning{"undefined reference to *",
            "This is declared and called, but nowhere defined: a definition is missing, or differs "
            "in its name, its parameters or its namespace."},
    Meaning{"multiple definition of *",
            "This is defined in two files: in a header it needs inline before it."},
};

}  // namespace

bool is_like(std::string_view text, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  // Each further piece is taken where it comes first; the last one must be at the end.
  for (std::size_t next; (next = pattern.find('*')) != std::string_view::npos;) {
    const std::size_t at = text.find(pattern.substr(0, next));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

std::string with_plain_quotes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view three = text.substr(i, 3);
    const bool quote = three == "\u2018" || three == "\u2019";
    plain += quote ? '\'' : text[i];
    if (quote) i += 2;
  }
  return plain;
}

std::string_view meaning_of(std::string_view message) {
  const std::string plain = with_plain_quotes(message);
  for (const Meaning& meaning : meanings) {
    if (is_like(plain, meaning.pattern)) return meaning.sentence;
  }
  return {};
}

}  // namespace coach
