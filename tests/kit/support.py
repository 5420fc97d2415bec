"""The tests' own machinery: failures teach, hangs and crashes are named, leaks do no harm."""

from pathlib import Path

from kit import Problem, main, run

STORY = """What led here (on a virtual clock, which jumps ahead instead of waiting):
   1.      0 ms  call_later(1500 ms, B)
   2.   1500 ms  B runs
   3.   1500 ms  A runs
Expected: story.order() is "A B"
Happened: it is "B A"
Likely cause: the queue is last in, first out
Wrong turn: a-sample"""

# test, its event, exit status, what its message and the output hold
EXPECTED = [
    ("Step2_Story.IsToldInVirtualTime", "fail", 1, STORY, "compiled: runtime/aio/clock.hpp"),
    ("Step2_Story.SaysWhatAMistakeLooksLike", "fail", 1,
     "Likely cause: arithmetic\nA mistake that looks like this: a-sample", ""),
    ("Step2_Story.IsCutShortWhenNobodyWouldReadIt", "fail", 1,
     "  10. step 10\n      … (70 more)\n  81. step 81\n", ""),
    ("Step2_Story.IsCutShortWhenNobodyWouldReadIt", "fail", 1, "xxx… (70002 bytes)", ""),
    ("Step2_Story.IsSilentWhenAllIsWell", "pass", 0, "", ""),
    ("Step3_Todo.IsNotAFailure", "todo", 1, "think ", "4.3 think"),
    ("Step4_Hang.IsEnded", "hang", 124, "It has not ended within ", "(step 4.4)"),
    ("Crash.NullPointer", "crash", -11, "it used a null pointer", "crash: Crash.NullPointer"),
    ("Crash.Recursion", "crash", -11, "The stack ran out", ""),
    ("Crash.EscapedException", "crash", 134, "out of a thread", ""),
    ("Crash.Abort", "crash", -6, "aborted", "\nLikely cause: this test aborts\n"),
    ("Crash.AbortUnsuspected", "crash", -6, "aborted", "or of the code itself.\n"),
    ("Crash.ResumedAfterItsEnd", "crash", -11, "one was resumed that has ended", ""),
    ("Thrown.ByTheCodeUnderTest", "fail", 1, "boom", ""),
    ("Thrown.ByTheCodeUnderTest", "fail", 1, "The last step of its story: run_once()", ""),
    ("Thrown.NoStdException", "fail", 1, "CancelledError, or another exception", ""),
    ("Story.ShowsBytesThatAreNoText", "fail", 1, "Likely cause: the letters are gone", ""),
    ("Leak.OfManyDescriptors", "pass", 0, "", "descriptors open"),
    ("Leak.DoesNotHurtTheNextTest", "pass", 0, "", ""),
    ("Fault.DescriptorLimit", "pass", 0, "", ""),
    ("Fault.SignalStorm", "pass", 0, "", ""),
    ("Fault.AllocationCount", "pass", 0, "", ""),
]


def check_one(program, test, event, status, message, output):
    # The leak and the test after it belong in one process.
    result = run(program, "Leak.*" if test.startswith("Leak") else test, watchdog=1)
    seen = (result.events.get(test), result.status)
    if seen != (event, status):
        raise Problem(f"{test}: {seen}, expected {(event, status)}\n{result.output}")
    for part, text in ((message, result.messages[test]), (output, result.output)):
        if part not in text:
            raise Problem(f"{test} does not say\n{part}\nbut\n{text}")


def check(program):
    for expected in EXPECTED:
        check_one(Path(program), *expected)


main(check, "PROGRAM")
