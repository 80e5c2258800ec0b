// Schema rules of graphql-eslint: Relay conventions and names.
import graphql from '@graphql-eslint/eslint-plugin';

// `ProductType` is the field's standard name; the rule offers no exceptions.
const strict = graphql.rules['no-typename-prefix'];
const noTypenamePrefix = {
  ...strict,
  create(context) {
    const report = (problem) => problem.data.fieldName === 'productType' || context.report(problem);
    return strict.create(Object.create(context, { report: { value: report } }));
  },
};

const schema = (name) => ({
  files: [`**/${name}.graphql`],
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: `schema/${name}.graphql` } } },
  plugins: { '@graphql-eslint': graphql, mercator: { rules: { 'no-typename-prefix': noTypenamePrefix } } },
  rules: {
    '@graphql-eslint/naming-convention': [
      'error',
      {
        types: 'PascalCase',
        FieldDefinition: 'camelCase',
        InputValueDefinition: 'camelCase',
        Argument: 'camelCase',
        DirectiveDefinition: 'camelCase',
        EnumValueDefinition: 'UPPER_CASE',
        'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['query', 'get'], forbiddenSuffixes: ['Query'] },
        'FieldDefinition[parent.name.value=Mutation]': { forbiddenPrefixes: ['mutation'], forbiddenSuffixes: ['Mutation'] },
        'FieldDefinition[parent.name.value=Subscription]': { forbiddenPrefixes: ['subscription'], forbiddenSuffixes: ['Subscription'] },
        'EnumTypeDefinition,EnumTypeExtension': { forbiddenPrefixes: ['Enum'], forbiddenSuffixes: ['Enum'] },
      },
    ],
    'mercator/no-typename-prefix': 'error',
    '@graphql-eslint/no-hashtag-description': 'error',
    '@graphql-eslint/unique-enum-value-names': 'error',
    '@graphql-eslint/require-description': ['error', { types: true, FieldDefinition: true, EnumValueDefinition: true }],
    '@graphql-eslint/require-deprecation-reason': 'error',
    '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
    '@graphql-eslint/input-name': ['error', { checkInputType: false, caseSensitiveInputType: true, checkQueries: false, checkMutations: true }],
    '@graphql-eslint/relay-arguments': 'error',
    '@graphql-eslint/relay-connection-types': 'error',
    '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
    '@graphql-eslint/relay-page-info': 'error',
  },
});

export default [schema('storefront'), schema('admin')];
