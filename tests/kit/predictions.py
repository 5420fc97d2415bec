"""A program whose output is to be predicted prints the same each time, a line per question."""

from kit import Build, Lesson, Problem, call, main


def check(folder, slug):
    build, lesson = Build(folder), Lesson(slug)
    for exercise in lesson.exercises:
        if "program" not in exercise:
            continue
        program = build.folder / "bin" / f"{lesson.number}-{exercise['program']}"
        first, second = call([program]), call([program])
        if first != second:
            raise Problem(f"{program.name} prints\n{first}\nand then\n{second}")
        lines, questions = first.splitlines(), exercise.get("questions")
        if not lines or (questions and len(lines) != len(questions)):
            raise Problem(f"{exercise['id']} asks {questions}, {program.name} prints\n{first}")
        print(f"{program.name}: {len(lines)} lines, the same twice")


main(check, "BUILD", "NN-slug")
