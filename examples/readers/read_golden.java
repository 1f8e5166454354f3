// Reads golden data with the standard library alone:
//   java read_golden.java golden/binary/sigmoid_cross_entropy.float64.jsonl
// Prints of each vector its id, the bits of its first input and of its value, and the value in decimal digits. A
// call, with "reduction" among its options, has several examples and, unreduced, several values, between commas.
// The keys of a vector stand in one order, without blanks, so that looking for strings is enough.
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class ReadGolden {
    static final Pattern VECTOR = Pattern.compile(
        "\"id\":\"(\\w+)\".*?\"inputs\":\\{\"\\w+\":([^}]*?)(?:,\"\\w+\":|\\}).*?\"value\":\\{\"rounded\":\\[(.*?)\\]");
    static final Pattern BITS = Pattern.compile("\\b([0-9a-f]{16}|[0-9a-f]{8})\\b");

    static double decode(String bits) {
        return bits.length() == 16 ? Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16))
            : Float.intBitsToFloat(Integer.parseUnsignedInt(bits, 16));
    }

    static String encode(double number, boolean isDouble) {
        return isDouble ? String.format("%016x", Double.doubleToRawLongBits(number))
            : String.format("%08x", Float.floatToRawIntBits((float) number));
    }

    static Stream<Double> numbers(String lists) {
        return BITS.matcher(lists).results().map(found -> decode(found.group()));
    }

    static String bits(String lists, boolean isDouble) {
        return numbers(lists).map(number -> encode(number, isDouble)).collect(Collectors.joining(","));
    }

    public static void main(String[] arguments) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(arguments[0]));
        boolean isDouble = lines.get(0).contains("\"format\":\"float64\""); // the first line says what the others are
        for (String line : lines.subList(1, lines.size())) {
            Matcher vector = VECTOR.matcher(line);
            if (!vector.find()) throw new IOException("no vector: " + line);
            String input = bits(vector.group(2), isDouble), value = bits(vector.group(3), isDouble);
            String digits = numbers(vector.group(3)).map(String::valueOf).collect(Collectors.joining(","));
            System.out.println(String.join(" ", vector.group(1), input, value, digits));
        }
    }
}
